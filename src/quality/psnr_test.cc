#include "quality/psnr.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "quality/rgb_squares.h"
#include "quality/ssimulacra2_simd.h"

namespace imgmill {
namespace {

template <typename Sample>
struct Pixels {
  int width, height, channels;
  std::vector<Sample> samples;

  Pixels(int across, int down, int count, Sample value)
      : width(across),
        height(down),
        channels(count),
        samples(static_cast<std::size_t>(across * down * count), value) {}
  Sample& at(int x, int y, int c) {
    return samples[static_cast<std::size_t>((y * width + x) * channels + c)];
  }
  [[nodiscard]] PixelView view() const {
    constexpr SampleKind kind = sizeof(Sample) == 1   ? SampleKind::srgb8
                                : sizeof(Sample) == 2 ? SampleKind::srgb16
                                                      : SampleKind::linear;
    return {.samples = samples.data(),
            .width = static_cast<std::uint32_t>(width),
            .height = static_cast<std::uint32_t>(height),
            .channels = channels,
            .kind = kind,
            .row_bytes = static_cast<std::size_t>(width * channels) * sizeof(Sample)};
  }
};
using Bytes8 = Pixels<std::uint8_t>;

double decibels(double mean_square) { return 10 * std::log10(255 * 255 / mean_square); }

TEST(Psnr, IsThatOfTheWorseOfColoursAndLuma) {
  const Bytes8 grey(20, 10, 3, 100);
  EXPECT_EQ(*psnr(grey.view(), grey.view()), psnr_of_equals);

  Bytes8 redder = grey;
  Bytes8 greener = grey;
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) {
      redder.at(x, y, 0) = 112;
      greener.at(x, y, 1) = 112;
    }
  }
  // A third of the samples are off by 12; luma by 0.299 and by 0.587 times as much.
  EXPECT_NEAR(*psnr(grey.view(), redder.view()), decibels(144.0 / 3), 0.02);
  EXPECT_NEAR(*psnr(grey.view(), greener.view()), decibels(144 * 0.587 * 0.587), 0.02);
}

TEST(Psnr, KindsOfSamplesAgree) {
  Bytes8 one(33, 21, 3, 0);
  Bytes8 other = one;
  Pixels<std::uint16_t> wide_one(33, 21, 3, 0);
  Pixels<std::uint16_t> wide_other = wide_one;
  Pixels<float> light_one(33, 21, 3, 0);
  Pixels<float> light_other = light_one;
  const auto light = [](int sample) {
    const double v = sample / 255.0;
    return static_cast<float>(v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
  };
  for (std::size_t i = 0; i < one.samples.size(); ++i) {
    const int a = static_cast<int>(i * 37 % 251);
    const int b = std::min(255, a + static_cast<int>(i % 23));
    one.samples[i] = static_cast<std::uint8_t>(a);
    other.samples[i] = static_cast<std::uint8_t>(b);
    wide_one.samples[i] = static_cast<std::uint16_t>(a * 257);
    wide_other.samples[i] = static_cast<std::uint16_t>(b * 257);
    light_one.samples[i] = light(a);
    light_other.samples[i] = light(b);
  }
  const double expected = *psnr(one.view(), other.view());
  EXPECT_GT(expected, 20);
  EXPECT_LT(expected, 30);
  EXPECT_NEAR(*psnr(wide_one.view(), wide_other.view()), expected, 0.05);
  EXPECT_NEAR(*psnr(light_one.view(), light_other.view()), expected, 0.05);
  EXPECT_NEAR(*psnr(one.view(), wide_other.view()), expected, 0.05);
}

TEST(Psnr, GreyIsThreeEqualColours) {
  const Bytes8 grey(16, 16, 1, 60);
  const Bytes8 colour(16, 16, 3, 60);
  EXPECT_EQ(*psnr(grey.view(), colour.view()), psnr_of_equals);
  EXPECT_NEAR(*psnr(grey.view(), Bytes8(16, 16, 3, 70).view()), decibels(100), 0.02);
}

TEST(Psnr, OfWhatIsClearOnlyTheGroundIsSeen) {
  Bytes8 clear(16, 16, 4, 0);
  Bytes8 hidden(16, 16, 4, 200);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) hidden.at(x, y, 3) = 0;
  }
  EXPECT_EQ(*psnr(clear.view(), hidden.view()), psnr_of_equals);
  // A half-transparent black veil shows on white, where it is off by 128, but not on black.
  Bytes8 veil(16, 16, 4, 0);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) veil.at(x, y, 3) = 128;
  }
  EXPECT_NEAR(*psnr(clear.view(), veil.view()), decibels(128 * 128), 0.02);
}

// Errors in one corner, which a sample of rows underestimates or overestimates.
TEST(Psnr, IsExactBelowWhatIsEnough) {
  const Bytes8 original(700, 500, 3, 90);
  Bytes8 candidate = original;
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 700; ++x) {
      for (int c = 0; c < 3; ++c) candidate.at(x, y, c) = 130;
    }
  }
  const double expected = decibels(1600.0 * 40 / 500);
  EXPECT_NEAR(*psnr(original.view(), candidate.view()), expected, 0.02);
  EXPECT_NEAR(*psnr(original.view(), candidate.view(), expected + 1), expected, 0.02);
  EXPECT_NEAR(*psnr(original.view(), candidate.view(), expected - 8), expected, 2);
}

TEST(RgbSquares, AreTheSameOnEveryInstructionSet) {
  std::mt19937 random(7);
  std::vector<std::uint8_t> one(3 * 9000);
  std::vector<std::uint8_t> other(one.size());
  for (std::uint8_t& sample : one) sample = static_cast<std::uint8_t>(random());
  for (std::uint8_t& sample : other) sample = static_cast<std::uint8_t>(random());
  // The largest possible products.
  std::fill(one.begin(), one.begin() + 3 * 8200, std::uint8_t{0});
  std::fill(other.begin(), other.begin() + 3 * 8200, std::uint8_t{255});
  for (const std::string_view target : simd_targets()) {
    ASSERT_TRUE(quality::choose_simd_target(target));
    for (const std::size_t pixels : {0, 1, 7, 15, 16, 17, 63, 800, 4096, 4111, 8999}) {
      const std::size_t from = 3 * (9000 - pixels);
      std::int64_t rr = 0, gg = 0, bb = 0, rg = 0, rb = 0, gb = 0;
      for (std::size_t i = from; i < one.size(); i += 3) {
        const std::int64_t r = one[i] - other[i];
        const std::int64_t g = one[i + 1] - other[i + 1];
        const std::int64_t b = one[i + 2] - other[i + 2];
        rr += r * r, gg += g * g, bb += b * b, rg += r * g, rb += r * b, gb += g * b;
      }
      quality::RgbSquares found{.rr = 1};
      quality::add_rgb_squares(one.data() + from, other.data() + from, pixels, found);
      EXPECT_EQ(found.rr, rr + 1) << target << ", " << pixels;
      EXPECT_EQ(found.gg, gg) << target << ", " << pixels;
      EXPECT_EQ(found.bb, bb) << target << ", " << pixels;
      EXPECT_EQ(found.rg, rg) << target << ", " << pixels;
      EXPECT_EQ(found.rb, rb) << target << ", " << pixels;
      EXPECT_EQ(found.gb, gb) << target << ", " << pixels;
    }
  }
  ASSERT_TRUE(quality::choose_simd_target(""));
}

TEST(Psnr, RefusesWhatCannotBeCompared) {
  const Bytes8 one(16, 16, 3, 0);
  EXPECT_EQ(psnr(one.view(), Bytes8(16, 17, 3, 0).view()).error().code(), ErrorCode::usage);
  PixelView nothing = one.view();
  nothing.samples = nullptr;
  EXPECT_EQ(psnr(one.view(), nothing).error().code(), ErrorCode::usage);
  EXPECT_EQ(psnr(nothing, one.view()).error().code(), ErrorCode::usage);
}

}  // namespace
}  // namespace imgmill
