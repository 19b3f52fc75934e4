#include "transform/scale.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "codecs/engine.h"
#include "support/decode.h"
#include "support/make.h"
#include "support/profiles.h"
#include "support/resample.h"
#include "support/score.h"

namespace imgmill {
namespace {

using namespace test;

Picture opened(const Bytes& file, Format format) {
  const Codec& codec = imgmill::codec(format);
  Picture picture = codec.decode(file, codec.probe(file).value(), {}).value();
  picture.image = picture.image.copy_memory();  // the file may be deleted
  return picture;
}

Raster raster_of(const Picture& picture) {
  const vips::VImage image = picture.image.copy_memory();
  Raster out(image.width(), image.height(), image.bands(),
             image.format() == VIPS_FORMAT_USHORT ? 16 : 8);
  const void* data = image.data();
  for (std::size_t i = 0; i < out.samples.size(); ++i) {
    out.samples[i] = out.bits == 16 ? static_cast<const std::uint16_t*>(data)[i]
                                    : static_cast<const std::uint8_t*>(data)[i];
  }
  return out;
}

Extent extent_of(const std::array<int, 2>& size) {
  return {static_cast<std::uint32_t>(size[0]), static_cast<std::uint32_t>(size[1])};
}

TEST(ScaledTo, IsWithinALevelOfTheReference) {
  for (const int channels : {1, 2, 3, 4}) {
    for (const int bits : {8, 16}) {
      const Raster picture = photo(97, 71, channels, bits);
      const Picture input = opened(make_png(picture), Format::png);
      for (const auto& size : {std::array{30, 22}, {97, 20}, {150, 110}, {1, 1}}) {
        const auto made = scaled_to(input, extent_of(size), {});
        ASSERT_TRUE(made) << made.error().describe();
        Raster wanted = resampled(picture, size[0], size[1]);
        Raster got = raster_of(*made);
        ASSERT_EQ(got.bits, bits);
        if (picture.alpha() && bits == 16) {
          // Where almost nothing is visible, colours depend on the last digits of a float.
          const auto last = static_cast<std::size_t>(channels - 1);
          for (std::size_t i = 0; i < wanted.samples.size(); i += last + 1) {
            if (wanted.samples[i + last] >= 1000) continue;
            for (std::size_t c = 0; c < last; ++c) got.samples[i + c] = wanted.samples[i + c];
          }
        }
        EXPECT_LE(worst_difference(got, wanted), 1)
            << channels << " channels of " << bits << ", " << size[0] << "x" << size[1];
      }
    }
  }
}

TEST(ScaledTo, LightIsThatOfTheProfile) {
  // Alternating black and white: half of the light, whatever sample value that is.
  Raster stripes(64, 64, 1);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) stripes.at(x, y, 0) = x % 2 == 0 ? 0 : 255;
  }
  const Resize linear{.filter = ResizeFilter::box, .light = ResizeLight::linear};
  const Resize coded{.filter = ResizeFilter::box, .light = ResizeLight::coded};
  const auto middle = [](const Picture& picture, const Resize& how) {
    return raster_of(scaled_to(picture, {16, 16}, how).value()).at(8, 8, 0);
  };
  const Picture plain = opened(make_png(stripes), Format::png);
  EXPECT_EQ(middle(plain, coded), 128);
  EXPECT_EQ(middle(plain, linear), 188);  // sRGB of 0.5
  const Picture steep = opened(make_png(stripes, {.icc = grey_profile(1.8)}), Format::png);
  EXPECT_EQ(middle(steep, coded), 128);
  EXPECT_EQ(middle(steep, linear), 174);  // 255 * 0.5^(1 / 1.8)
  EXPECT_FALSE(profile_of(scaled_to(steep, {16, 16}, linear)->image).empty());
}

TEST(ScaledTo, BrightPointsOfANightSkyKeepTheirLight) {
  Raster sky(96, 96, 3);
  for (int i = 0; i < 9; ++i) {
    for (int c = 0; c < 3; ++c) sky.at(16 + 32 * (i % 3), 16 + 32 * (i / 3), c) = 255;
  }
  const Picture input = opened(make_png(sky), Format::png);
  const auto brightest = [&](ResizeLight light) {
    const Raster small = raster_of(scaled_to(input, {24, 24}, {.light = light}).value());
    return *std::ranges::max_element(small.samples);
  };
  // Lanczos at 3/8 of a new pixel, squared, over the 16 pixels that become one: 0.039 of white in
  // coded values; the same amount of light is coded by sRGB as 0.22.
  EXPECT_NEAR(brightest(ResizeLight::coded), 10, 2);
  EXPECT_NEAR(brightest(ResizeLight::linear), 55, 2);
}

// JPEGs of every layout: resizing planes equals resizing the decoded picture.
TEST(ScaledJpeg, IsWhatComesOfTheWholePicture) {
  for (const auto& [across, down] : {std::pair{1, 1}, {2, 1}, {2, 2}, {1, 2}}) {
    for (const bool progressive : {false, true}) {
      for (const auto& from : {std::array{241, 199}, {50, 37}}) {
        const Raster picture = photo(from[0], from[1]);
        const Bytes file = make_jpeg(
            picture, {.quality = 95, .across = across, .down = down, .progressive = progressive});
        for (const auto& size : {std::array{113, 85}, {240, 198}, {17, 33}, {1, 1}}) {
          const auto made = scaled_jpeg(file, {}, extent_of(size), {}, DctScaling::none);
          ASSERT_TRUE(made) << made.error().describe();
          const Raster decoded = decode(file, Format::jpeg).picture();
          const Raster wanted = resampled(decoded, size[0], size[1]);
          const Raster got = raster_of(*made);
          // The decoder rounds three times during colour conversion, and clamps out-of-range
          // colours.
          EXPECT_LE(worst_difference(got, wanted), 5)
              << across << "x" << down << ", " << from[0] << " to " << size[0];
          double sum = 0;
          for (std::size_t i = 0; i < got.samples.size(); ++i) {
            sum += std::abs(got.samples[i] - wanted.samples[i]);
          }
          EXPECT_LE(sum / static_cast<double>(got.samples.size()), 0.7)
              << across << "x" << down << ", " << from[0] << " to " << size[0];
        }
      }
    }
  }
  const Bytes grey = make_jpeg(photo(99, 65, 1));
  const auto made = scaled_jpeg(grey, {}, {40, 27}, {}, DctScaling::none);
  ASSERT_TRUE(made);
  EXPECT_LE(
      worst_difference(raster_of(*made), resampled(decode(grey, Format::jpeg).picture(), 40, 27)),
      1);
}

TEST(ScaledJpeg, SmallerInverseDctsLoseLittleAndShiftNothing) {
  for (const auto& from : {std::array{800, 600}, {803, 601}}) {
    const Bytes file = make_jpeg(photo(from[0], from[1]), {.quality = 92});
    const Raster decoded = decode(file, Format::jpeg).picture();
    for (const int width : {190, 120, 99}) {
      const std::array size{width, width * from[1] / from[0]};
      const auto made = scaled_jpeg(file, {}, extent_of(size), {}, DctScaling::some);
      ASSERT_TRUE(made) << made.error().describe();
      // One level off in every fifth sample scores 94 to 96.
      EXPECT_GE(score_between(resampled(decoded, size[0], size[1]), raster_of(*made)), 93) << width;
    }
  }
}

TEST(ScaledJpeg, OtherKindsAreLeftToOthers) {
  Raster inks = photo(40, 30, 4);
  inks.cmyk = true;
  for (const Bytes& file : {make_jpeg(inks), make_jpeg(photo(64, 48), {.across = 4, .down = 1})}) {
    const auto made = scaled_jpeg(file, {}, {10, 8}, {}, DctScaling::some);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), ErrorCode::unsupported);
  }
  const Bytes usual = make_jpeg(photo(64, 48));
  for (const Resize& how :
       {Resize{.filter = ResizeFilter::nearest}, Resize{.light = ResizeLight::linear}}) {
    EXPECT_EQ(scaled_jpeg(usual, {}, {10, 8}, how, DctScaling::some).error().code(),
              ErrorCode::unsupported);
  }
}

TEST(ScaledJpeg, DamageIsToldWhereverItIs) {
  const Bytes file = make_jpeg(photo(320, 240), {.quality = 90});
  for (std::size_t length = 0; length < file.size(); length += file.size() / 41) {
    const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    for (const DctScaling dct : {DctScaling::none, DctScaling::some}) {
      const auto made = scaled_jpeg(cut, {}, {40, 30}, {}, dct);
      ASSERT_FALSE(made) << length;
      EXPECT_EQ(made.error().code(), ErrorCode::bad_input) << length;
    }
  }
}

TEST(ScaledJpeg, AnyBytesAreReadOrRefused) {
  std::uint32_t state = 1;
  const auto random = [&state](std::size_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  for (const bool progressive : {false, true}) {
    const Bytes whole = make_jpeg(photo(70, 53), {.quality = 80, .progressive = progressive});
    for (int round = 0; round < 400; ++round) {
      Bytes file = whole;
      for (std::size_t k = 0; k < 1 + random(4); ++k) {
        file[random(file.size())] = static_cast<std::byte>(random(256));
      }
      const auto made = scaled_jpeg(file, {}, {9, 7}, {}, DctScaling::some);
      if (made) {
        EXPECT_EQ(made->width(), 9U);
      }
    }
  }
}

}  // namespace
}  // namespace imgmill
