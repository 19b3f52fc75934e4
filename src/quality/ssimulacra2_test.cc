#include "quality/ssimulacra2.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "quality/cosine_blur.h"
#include "quality/psnr.h"
#include "quality/ssimulacra2_simd.h"
#include "quality/ssimulacra2_weights.h"
#include "support/raster.h"

namespace imgmill::test {
namespace {

/// Smooth noise with straight edges and a flat corner: the features that the metric measures.
Raster scene(int width, int height, int channels) {
  Raster raster = photo(width, height, channels, 8, 7);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool bar = (x / 13 + y / 17) % 3 == 0;
      const bool flat = 2 * x < width && 2 * y < height;
      for (int c = 0; c < std::min(channels, 3); ++c) {
        std::uint16_t& sample = raster.at(x, y, c);
        if (flat)
          sample = static_cast<std::uint16_t>(60 + 50 * c);
        else if (bar)
          sample = static_cast<std::uint16_t>(255 - sample / 2);
      }
    }
  }
  return raster;
}

enum class Harm { steps, smear, speckles };

Raster harmed(const Raster& in, Harm harm, int strength) {
  Raster out = in;
  const int colours = in.channels == 2 || in.channels == 4 ? in.channels - 1 : in.channels;
  std::uint32_t state = 12345;
  for (int y = 0; y < in.height; ++y) {
    for (int x = 0; x < in.width; ++x) {
      for (int c = 0; c < colours; ++c) {
        int value = in.at(x, y, c);
        if (harm == Harm::steps) {
          value = (value + strength / 2) / strength * strength;
        } else if (harm == Harm::smear) {
          int sum = 0;
          for (int i = 0; i <= strength; ++i) sum += in.at(std::max(x - i, 0), y, c);
          value = sum / (strength + 1);
        } else {
          state = state * 1664525U + 1013904223U;
          value += static_cast<int>(state >> 24) * strength / 128 - strength;
        }
        out.at(x, y, c) = static_cast<std::uint16_t>(std::clamp(value, 0, 255));
      }
    }
  }
  return out;
}

/// The same picture in each sample type.
struct Pixels {
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint16_t> words;
  std::vector<float> lights;
  PixelView view;
};

std::size_t row_of(const Raster& raster) {
  return static_cast<std::size_t>(raster.width) * static_cast<std::size_t>(raster.channels);
}

Pixels pixels_of(const Raster& raster, SampleKind kind = SampleKind::srgb8) {
  Pixels out;
  const auto colours =
      static_cast<std::size_t>(raster.channels % 2 == 0 ? raster.channels - 1 : raster.channels);
  for (std::size_t i = 0; i < raster.samples.size(); ++i) {
    const std::uint16_t sample = raster.samples[i];
    const double share = sample / 255.0;
    const bool alpha = i % static_cast<std::size_t>(raster.channels) >= colours;
    out.bytes.push_back(static_cast<std::uint8_t>(sample));
    out.words.push_back(static_cast<std::uint16_t>(sample * 257));
    out.lights.push_back(static_cast<float>(alpha ? share
                                            : share <= 0.04045
                                                ? share / 12.92
                                                : std::pow((share + 0.055) / 1.055, 2.4)));
  }
  const void* samples = out.bytes.data();
  std::size_t bytes = 1;
  if (kind == SampleKind::srgb16) {
    samples = out.words.data();
    bytes = 2;
  } else if (kind == SampleKind::linear) {
    samples = out.lights.data();
    bytes = 4;
  }
  out.view = {samples,
              static_cast<std::uint32_t>(raster.width),
              static_cast<std::uint32_t>(raster.height),
              raster.channels,
              kind,
              row_of(raster) * bytes};
  return out;
}

double fast(const PixelView& original, const PixelView& candidate) {
  auto metric = Ssimulacra2::prepare(original);
  EXPECT_TRUE(metric) << metric.error().describe();
  auto found = metric->compare(candidate);
  EXPECT_TRUE(found) << found.error().describe();
  return found->score;
}

double fast(const Raster& original, const Raster& candidate, SampleKind kind = SampleKind::srgb8) {
  return fast(pixels_of(original, kind).view, pixels_of(candidate, kind).view);
}

double plain(const Raster& original, const Raster& candidate, SampleKind kind = SampleKind::srgb8) {
  return *ssimulacra2_reference(pixels_of(original, kind).view, pixels_of(candidate, kind).view);
}

/// Restores the best instruction set, however a test ends.
struct AnyTarget {
  AnyTarget() = default;
  AnyTarget(const AnyTarget&) = delete;
  AnyTarget& operator=(const AnyTarget&) = delete;
  ~AnyTarget() { choose_target(""); }
  static bool choose_target(std::string_view name) { return quality::choose_simd_target(name); }
};

struct Known {
  int width, height, channels;
  Harm harm;
  int strength;
  double score;
};

// The scores of `ssimulacra2` (cloudinary/ssimulacra2, "SSIMULACRA 2.1", AVX2) for scene() and
// harmed(), written as PNG.
constexpr Known known[] = {
    {256, 192, 3, Harm::steps, 8, 90.47351082},    {256, 192, 3, Harm::steps, 40, 53.72053880},
    {256, 192, 3, Harm::smear, 1, 48.07037429},    {256, 192, 3, Harm::smear, 4, -37.77816535},
    {256, 192, 3, Harm::speckles, 4, 88.86796844}, {256, 192, 3, Harm::speckles, 24, 35.54215542},
    {301, 77, 3, Harm::steps, 24, 59.16196419},    {77, 301, 3, Harm::smear, 2, 24.01513630},
    {129, 65, 1, Harm::speckles, 8, 89.51095172},  {200, 120, 1, Harm::steps, 16, 83.32319066},
    {8, 8, 3, Harm::speckles, 16, 92.39932897},    {9, 31, 3, Harm::steps, 32, 89.33977546},
    {17, 16, 3, Harm::smear, 1, 78.03544140},      {33, 64, 3, Harm::speckles, 6, 56.14955300},
    {160, 160, 4, Harm::steps, 24, 76.94800287},   {160, 160, 4, Harm::smear, 3, 5.21957363},
    {95, 96, 2, Harm::speckles, 12, 91.63222101},  {600, 9, 3, Harm::steps, 12, 94.88770619},
};

std::string name_of(const Known& k) {
  return std::to_string(k.width) + " x " + std::to_string(k.height) + " x " +
         std::to_string(k.channels) + ", harm " + std::to_string(static_cast<int>(k.harm)) + " " +
         std::to_string(k.strength);
}

TEST(Ssimulacra2, AgreesWithTheReferenceProgram) {
  for (const Known& k : known) {
    const Raster original = scene(k.width, k.height, k.channels);
    const Raster candidate = harmed(original, k.harm, k.strength);
    // Large areas of one grey, such as those behind transparent pixels, all get the same noise.
    const double tolerance = k.channels % 2 == 0 ? 0.1 : 0.05;
    EXPECT_NEAR(fast(original, candidate), k.score, tolerance) << name_of(k);
    EXPECT_NEAR(plain(original, candidate), k.score, tolerance) << name_of(k);
  }
}

TEST(Ssimulacra2, InstructionSetsAgree) {
  const AnyTarget back;
  const auto targets = simd_targets();
  ASSERT_FALSE(targets.empty());
  for (const Known& k : known) {
    const Raster original = scene(k.width, k.height, k.channels);
    const Raster candidate = harmed(original, k.harm, k.strength);
    ASSERT_TRUE(AnyTarget::choose_target(""));
    const double best = fast(original, candidate);
    for (const std::string_view target : targets) {
      ASSERT_TRUE(AnyTarget::choose_target(target)) << target;
      EXPECT_NEAR(fast(original, candidate), best, 0.001) << target << ": " << name_of(k);
      EXPECT_EQ(fast(original, original), 100) << target << ": " << name_of(k);
    }
  }
  EXPECT_FALSE(AnyTarget::choose_target("ABACUS"));
}

// Sides around the limits of tiles, vectors, odd halves and the number of scales.
TEST(Ssimulacra2, AllSizesAgreeWithThePlainCode) {
  for (const auto& [width, height] : std::vector<std::pair<int, int>>{
           {1, 1},    {1, 9},    {7, 7},    {7, 40},    {8, 8},     {8, 15},    {9, 9},
           {15, 16},  {16, 17},  {31, 33},  {63, 65},   {64, 64},   {100, 8},   {127, 10},
           {255, 20}, {256, 19}, {257, 18}, {258, 17},  {259, 16},  {260, 15},  {261, 14},
           {511, 9},  {513, 12}, {516, 24}, {257, 120}, {259, 121}, {515, 113}, {120, 131}}) {
    const Raster original = scene(width, height, 3);
    const Raster candidate = harmed(original, Harm::speckles, 20);
    const double expected = plain(original, candidate);
    EXPECT_NEAR(fast(original, candidate), expected, 0.03 + 0.0005 * (100 - expected))
        << width << " x " << height;
    EXPECT_LT(fast(original, candidate), 100) << width << " x " << height;
    EXPECT_EQ(fast(original, original), 100) << width << " x " << height;
    EXPECT_EQ(plain(original, original), 100) << width << " x " << height;
  }
}

TEST(Ssimulacra2, SamplesOfAllKindsSayTheSame) {
  for (const int channels : {1, 2, 3, 4}) {
    const Raster original = scene(90, 70, channels);
    const Raster candidate = harmed(original, Harm::steps, 20);
    const double bytes = fast(original, candidate);
    EXPECT_NEAR(fast(original, candidate, SampleKind::srgb16), bytes, 0.01) << channels;
    const double light = fast(original, candidate, SampleKind::linear);
    EXPECT_NEAR(light, plain(original, candidate, SampleKind::linear), 0.1) << channels;
    EXPECT_NEAR(light, bytes, 0.01) << channels;
  }
}

TEST(Ssimulacra2, GreyIsThreeEqualColours) {
  const Raster grey = scene(80, 60, 1);
  const Raster worse = harmed(grey, Harm::smear, 2);
  const auto colour = [](const Raster& in) {
    Raster out(in.width, in.height, 3);
    for (int y = 0; y < in.height; ++y) {
      for (int x = 0; x < in.width; ++x) {
        for (int c = 0; c < 3; ++c) out.at(x, y, c) = in.at(x, y, 0);
      }
    }
    return out;
  };
  EXPECT_EQ(fast(grey, worse), fast(colour(grey), colour(worse)));
}

TEST(Ssimulacra2, ACandidateLeavesNoTraces) {
  const Raster original = scene(300, 90, 3);
  const Raster good = harmed(original, Harm::steps, 6);
  const Raster bad = harmed(original, Harm::smear, 6);
  auto metric = Ssimulacra2::prepare(pixels_of(original).view);
  const double first = metric->compare(pixels_of(good).view)->score;
  EXPECT_LT(metric->compare(pixels_of(bad).view, Detail::local)->score, first);
  EXPECT_EQ(metric->compare(pixels_of(good).view)->score, first);
  EXPECT_EQ(metric->compare(pixels_of(good).view, Detail::local)->score, first);
  Ssimulacra2 moved = std::move(*metric);
  EXPECT_EQ(moved.compare(pixels_of(original).view)->score, 100);
}

/// Rows of a view, from a buffer that the next call overwrites.
class OneRow final : public PixelRows {
 public:
  explicit OneRow(const PixelView& view, std::size_t pixel) : view_(view), pixel_(pixel) {}
  const std::byte* row(std::size_t y, std::size_t left, std::size_t count) override {
    const auto* from =
        static_cast<const std::byte*>(view_.samples) + y * view_.row_bytes + left * pixel_;
    buffer_.assign(from, from + count * pixel_);
    return buffer_.data();
  }

 private:
  PixelView view_;
  std::size_t pixel_;
  std::vector<std::byte> buffer_;
};

TEST(Ssimulacra2, WhatIsNotKeptIsComputedAgain) {
  // Several tiles, odd sides, a last tile narrower than the reach of the blur.
  for (const auto& [width, height] :
       std::vector<std::pair<int, int>>{{2051, 115}, {300, 221}, {113, 113}}) {
    for (const int channels : {1, 3, 4}) {
      for (const SampleKind kind : {SampleKind::srgb8, SampleKind::linear}) {
        SCOPED_TRACE(testing::Message() << width << "x" << height << " x" << channels);
        const Raster raster = scene(width, height, channels);
        const Pixels original = pixels_of(raster, kind);
        const Pixels good = pixels_of(harmed(raster, Harm::steps, 6), kind);
        const Pixels bad = pixels_of(harmed(raster, Harm::smear, 6), kind);
        auto all = Ssimulacra2::prepare(original.view);
        auto little = Ssimulacra2::prepare(original.view, Kept::little);
        const std::size_t pixel = original.view.row_bytes / static_cast<std::size_t>(width);
        OneRow original_rows(original.view, pixel);
        PixelView in_rows = original.view;
        in_rows.samples = nullptr;
        in_rows.row_bytes = 0;
        in_rows.rows = &original_rows;
        auto of_rows = Ssimulacra2::prepare(in_rows, Kept::little);
        ASSERT_TRUE(all && little && of_rows);
        for (const Pixels* candidate : {&good, &bad, &good}) {
          const Similarity expected = *all->compare(candidate->view, Detail::local);
          for (Ssimulacra2* metric : {&*little, &*of_rows}) {
            const Similarity found = *metric->compare(candidate->view, Detail::local);
            EXPECT_EQ(found.score, expected.score);
            EXPECT_EQ(found.local.errors, expected.local.errors);
          }
          OneRow rows(candidate->view, pixel);
          PixelView view = candidate->view;
          view.samples = nullptr;
          view.rows = &rows;
          EXPECT_EQ(of_rows->compare(view)->score, expected.score);
          EXPECT_EQ(*psnr(in_rows, view), *psnr(original.view, candidate->view));
        }
      }
    }
  }
}

// A transparent candidate of an opaque original is compared on two backgrounds.
TEST(Ssimulacra2, WhatIsNotKeptIsComputedAgainForEachBackground) {
  const Raster opaque = scene(1100, 140, 3);
  const Raster clear = scene(1100, 140, 4);
  const Pixels original = pixels_of(opaque);
  const Pixels candidate = pixels_of(clear);
  auto little = Ssimulacra2::prepare(original.view, Kept::little);
  ASSERT_TRUE(little);
  EXPECT_EQ(little->compare(candidate.view)->score, fast(original.view, candidate.view));
}

// A metric reuses the memory of the thread's previous one.
TEST(Ssimulacra2, EarlierPicturesLeaveNoTraces) {
  const auto scores = [](const Raster& original) {
    const Raster candidate = harmed(original, Harm::steps, 12);
    auto metric = Ssimulacra2::prepare(pixels_of(candidate).view);
    const Similarity found = *metric->compare(pixels_of(original).view, Detail::local);
    return std::tuple(fast(original, candidate), found.score, found.worst.score,
                      found.local.errors);
  };
  const Raster fine = scene(523, 301, 3);
  const Raster coarse = scene(301, 90, 3);
  const Raster clear = scene(260, 190, 4);
  std::vector<decltype(scores(fine))> fresh;
  for (const Raster* one : {&fine, &coarse, &clear}) {
    std::thread([&] { fresh.push_back(scores(*one)); }).join();
  }
  Pixels wild = pixels_of(scene(601, 299, 3), SampleKind::linear);
  for (std::size_t i = 0; i < wild.lights.size(); ++i) wild.lights[i] = i % 3 == 0 ? -1e30F : 1e30F;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    EXPECT_EQ(fast(wild.view, wild.view), 100);
    const Raster& one = *std::array{&fine, &coarse, &clear}[i];
    EXPECT_TRUE(scores(one) == fresh[i]) << i;
    EXPECT_TRUE(scores(one) == fresh[i]) << i;
  }
}

// What the large scales ignore: colour differences from pixel to pixel. For the flat picture with
// weaker differences, the noise of the two blurs matters more.
TEST(Ssimulacra2, HardlyMissesColoursOfSinglePixels) {
  const Raster full = scene(320, 200, 3);
  Raster flat = full;
  for (std::uint16_t& sample : flat.samples) sample = 120;
  for (const Raster* original : {&full, &std::as_const(flat)}) {
    for (const int strength : {2, 8, 24, 60}) {
      if (original == &flat && strength < 24) continue;
      Raster candidate = *original;
      for (int y = 0; y < candidate.height; ++y) {
        for (int x = 0; x < candidate.width; ++x) {
          const int sign = (x + y) % 2 == 0 ? strength : -strength;
          // At about the same luma: red and green against each other, and blue by itself.
          const int change[] = {2 * sign, -sign, 2 * sign};
          for (int c = 0; c < 3; ++c) {
            std::uint16_t& sample = candidate.at(x, y, c);
            sample = static_cast<std::uint16_t>(std::clamp(int{sample} + change[c], 0, 255));
          }
        }
      }
      const double expected = plain(*original, candidate);
      EXPECT_NEAR(fast(*original, candidate), expected, 0.1) << strength;
    }
  }
}

TEST(Ssimulacra2, OpaqueAlphaIsNoAlpha) {
  Raster with = scene(70, 50, 4);
  for (int y = 0; y < with.height; ++y) {
    for (int x = 0; x < with.width; ++x) with.at(x, y, 3) = 255;
  }
  Raster without(with.width, with.height, 3);
  for (int y = 0; y < with.height; ++y) {
    for (int x = 0; x < with.width; ++x) {
      for (int c = 0; c < 3; ++c) without.at(x, y, c) = with.at(x, y, c);
    }
  }
  const Raster worse = harmed(without, Harm::steps, 30);
  EXPECT_EQ(fast(with, worse), fast(without, worse));
  EXPECT_EQ(fast(without, harmed(with, Harm::steps, 30)), fast(without, worse));
}

TEST(Ssimulacra2, TransparencyOfEitherSideCounts) {
  const Raster opaque = rgba(scene(64, 48, 3));
  Raster holed = opaque;
  for (int y = 20; y < 30; ++y) {
    for (int x = 20; x < 40; ++x) holed.at(x, y, 3) = 0;
  }
  EXPECT_LT(fast(opaque, holed), 60);
  EXPECT_LT(fast(holed, opaque), 60);
  EXPECT_NEAR(fast(opaque, holed), plain(opaque, holed), 0.05);
  EXPECT_NEAR(fast(holed, opaque), plain(holed, opaque), 0.05);
  // Invisible pixels do not count.
  Raster other = holed;
  for (int y = 20; y < 30; ++y) {
    for (int x = 20; x < 40; ++x) other.at(x, y, 0) ^= 255;
  }
  EXPECT_EQ(fast(holed, other), 100);
  const Raster nothing(40, 40, 4);
  EXPECT_EQ(fast(nothing, nothing), 100);
}

TEST(Ssimulacra2, StrangeLightGivesNumbers) {
  const float values[] = {std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::max(),
                          std::numeric_limits<float>::lowest(),
                          std::numeric_limits<float>::denorm_min(),
                          -1.0F,
                          4.0F};
  for (const int channels : {3, 4}) {
    Pixels original = pixels_of(scene(48, 40, channels), SampleKind::linear);
    Pixels candidate = pixels_of(scene(48, 40, channels), SampleKind::linear);
    for (std::size_t i = 0; i < candidate.lights.size(); i += 5) {
      candidate.lights[i] = values[i / 5 % std::size(values)];
    }
    for (const auto& [one, other] :
         {std::pair(&original, &candidate), std::pair(&candidate, &original)}) {
      const double score = fast(one->view, other->view);
      EXPECT_TRUE(std::isfinite(score)) << channels;
      EXPECT_LT(score, 50) << channels;
      EXPECT_TRUE(std::isfinite(*ssimulacra2_reference(one->view, other->view))) << channels;
    }
    EXPECT_EQ(fast(candidate.view, candidate.view), 100) << channels;
  }
}

TEST(Ssimulacra2, ErrorsAreWhereTheDifferenceIs) {
  const Raster original = scene(300, 200, 3);
  Raster candidate = original;
  for (int y = 130; y < 150; ++y) {
    for (int x = 210; x < 230; ++x) candidate.at(x, y, 1) ^= 64;
  }
  auto metric = Ssimulacra2::prepare(pixels_of(original).view);
  const Similarity found = *metric->compare(pixels_of(candidate).view, Detail::local);
  ASSERT_EQ(found.local.columns, 38U);
  ASSERT_EQ(found.local.rows, 25U);
  ASSERT_EQ(found.local.errors.size(), 38U * 25U);
  const auto worst = std::ranges::max_element(found.local.errors) - found.local.errors.begin();
  EXPECT_NEAR(static_cast<double>(worst % 38 * 8 + 4), 220, 16);
  EXPECT_NEAR(static_cast<double>(worst / 38 * 8 + 4), 140, 16);
  EXPECT_EQ(found.local.errors.front(), 0);
  EXPECT_LE(found.worst.left, 210U);
  EXPECT_GE(found.worst.left + found.worst.width, 230U);
  EXPECT_LE(found.worst.top, 130U);
  EXPECT_GE(found.worst.top + found.worst.height, 150U);
  EXPECT_LT(found.worst.score, found.score);

  const Similarity same = *metric->compare(pixels_of(original).view, Detail::local);
  EXPECT_EQ(same.worst.score, 100);
  EXPECT_EQ(*std::ranges::max_element(same.local.errors), 0);
}

TEST(Ssimulacra2, AWholePictureIsItsOwnWorstTile) {
  for (const auto& [width, height] :
       std::vector<std::pair<int, int>>{{64, 64}, {50, 41}, {40, 12}}) {
    const Raster original = scene(width, height, 3);
    const Raster candidate = harmed(original, Harm::speckles, 10);
    const Similarity found = *Ssimulacra2::prepare(pixels_of(original).view)
                                  ->compare(pixels_of(candidate).view, Detail::local);
    EXPECT_NEAR(found.worst.score, found.score, 0.001) << width << " x " << height;
    EXPECT_EQ(found.worst.width, static_cast<unsigned>(width));
    EXPECT_EQ(found.worst.height, static_cast<unsigned>(height));
  }
}

TEST(Ssimulacra2, TheMapOfASmallPictureIsItsOwn) {
  const Raster original = scene(3, 20, 3);
  const Similarity found =
      *Ssimulacra2::prepare(pixels_of(original).view)
           ->compare(pixels_of(harmed(original, Harm::steps, 90)).view, Detail::local);
  EXPECT_EQ(found.local.columns, 1U);
  EXPECT_EQ(found.local.rows, 3U);
  EXPECT_EQ(found.local.errors.size(), 3U);
  EXPECT_LE(found.worst.left + found.worst.width, 3U);
  EXPECT_LE(found.worst.top + found.worst.height, 20U);
}

TEST(Ssimulacra2, ImpossiblePicturesAreRefused) {
  const Pixels sound = pixels_of(scene(20, 20, 3));
  const auto code_of = [&](auto change) {
    PixelView view = sound.view;
    change(view);
    return Ssimulacra2::prepare(view).error().code();
  };
  EXPECT_EQ(code_of([](PixelView& v) { v.samples = nullptr; }), ErrorCode::usage);
  EXPECT_EQ(code_of([](PixelView& v) { v.width = 0; }), ErrorCode::usage);
  EXPECT_EQ(code_of([](PixelView& v) { v.height = 0; }), ErrorCode::usage);
  EXPECT_EQ(code_of([](PixelView& v) { v.channels = 0; }), ErrorCode::usage);
  EXPECT_EQ(code_of([](PixelView& v) { v.channels = 5; }), ErrorCode::usage);
  EXPECT_EQ(code_of([](PixelView& v) { v.row_bytes = 59; }), ErrorCode::usage);
  EXPECT_EQ(code_of([](PixelView& v) { v.kind = SampleKind::linear; }), ErrorCode::usage);
  EXPECT_EQ(code_of([](PixelView& v) {
              v.width = 1;
              v.height = 4'000'000'000;
            }),
            ErrorCode::limit);

  auto metric = Ssimulacra2::prepare(sound.view);
  const Pixels narrower = pixels_of(scene(19, 20, 3));
  EXPECT_EQ(metric->compare(narrower.view).error().code(), ErrorCode::usage);
  EXPECT_EQ(ssimulacra2_reference(sound.view, narrower.view).error().code(), ErrorCode::usage);
}

TEST(Ssimulacra2, RowsMayHaveGapsAndOddPlaces) {
  const Raster original = scene(37, 23, 3);
  const Raster candidate = harmed(original, Harm::steps, 25);
  Pixels pixels = pixels_of(candidate, SampleKind::srgb16);
  std::vector<std::uint8_t> spread(1 + 23 * 229, 0xAB);
  for (std::size_t y = 0; y < 23; ++y) {
    std::copy_n(reinterpret_cast<const std::uint8_t*>(pixels.words.data() + y * 37 * 3), 37 * 6,
                spread.data() + 1 + y * 229);
  }
  PixelView view = pixels.view;
  view.samples = spread.data() + 1;
  view.row_bytes = 229;
  EXPECT_EQ(fast(pixels_of(original, SampleKind::srgb16).view, view),
            fast(original, candidate, SampleKind::srgb16));
}

TEST(Ssimulacra2, ScalesAreThoseOfTheReference) {
  EXPECT_EQ(quality::scales_of(7, 100), 0U);
  EXPECT_EQ(quality::scales_of(8, 8), 2U);
  EXPECT_EQ(quality::scales_of(15, 100), 3U);  // 15, 8, 4
  EXPECT_EQ(quality::scales_of(100, 14), 2U);  // 14, 7
  EXPECT_EQ(quality::scales_of(128, 128), 6U);
  EXPECT_EQ(quality::scales_of(5000, 5000), 6U);
}

/// The recursion in double precision: its response to a single 1.
TEST(Ssimulacra2, TheBlurEndsAfterFourPixels) {
  constexpr std::ptrdiff_t radius = quality::CosineBlur::radius;
  std::vector<double> results;
  double last[3] = {};
  double before[3] = {};
  for (std::ptrdiff_t n = -12; n <= 12; ++n) {
    // The pair of values `radius + 1` before and `radius - 1` after.
    const double pair = (n - radius - 1 == 0 ? 1 : 0) + (n + radius - 1 == 0 ? 1 : 0);
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto& term = quality::cosine_blur().terms[k];
      const double next = static_cast<double>(term.input) * pair +
                          static_cast<double>(term.previous) * last[k] - before[k];
      before[k] = last[k];
      last[k] = next;
      sum += next;
    }
    results.push_back(sum);
  }
  double whole = 0;
  for (std::ptrdiff_t n = -12; n <= 12; ++n) {
    const auto away = static_cast<std::size_t>(std::abs(n));
    const double expected = away <= quality::gaussian_reach ? quality::gaussian[away] : 0;
    EXPECT_NEAR(results[static_cast<std::size_t>(n + 12)], expected, 1e-6) << n;
    whole += expected;
  }
  EXPECT_NEAR(whole, 1, 1e-12);
}

}  // namespace
}  // namespace imgmill::test
