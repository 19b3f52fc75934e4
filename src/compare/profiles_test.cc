// Tests that pictures with profiles are compared as light: lcms2 computes the light, the plain
// metric the score.
#include "support/profiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "imgmill/compare.h"
#include "quality/ssimulacra2.h"
#include "support/light.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace imgmill::test;

/// Returns the metric's score of both pictures as converted by lcms2.
double expected_score(const Raster& one, const Bytes& profile, const Raster& other,
                      const Bytes& other_profile) {
  const std::vector<float> a = light_of(one, profile);
  const std::vector<float> b = light_of(other, other_profile);
  const auto view = [&](const std::vector<float>& light) {
    return PixelView{.samples = light.data(),
                     .width = static_cast<std::uint32_t>(one.width),
                     .height = static_cast<std::uint32_t>(one.height),
                     .channels = 3,
                     .kind = SampleKind::linear,
                     .row_bytes = static_cast<std::size_t>(one.width) * 3 * sizeof(float)};
  };
  return ssimulacra2_reference(view(a), view(b)).value();
}

double compared(const Bytes& one, const Bytes& other) {
  const auto found = compare(one, other);
  EXPECT_TRUE(found) << found.error().describe();
  return found ? found->score : -1000;
}

/// Returns the picture quantized, with a little noise.
Raster harmed(const Raster& picture, int steps) {
  Raster out = picture;
  std::mt19937 random(3);
  const int unit = picture.bits == 16 ? 257 : 1;
  for (std::uint16_t& sample : out.samples) {
    const int coarse = (sample / unit + steps / 2) / steps * steps;
    const int noise = static_cast<int>(random() % 7) - 3;
    sample = static_cast<std::uint16_t>(std::clamp(coarse + noise, 0, 255) * unit);
  }
  return out;
}

constexpr double tolerance = 0.05;

TEST(ProfiledPictures, ScoreAsTheirLightDoes) {
  const std::pair<std::string, RgbMeaning> meanings[] = {{"sRGB", srgb},
                                                         {"P3", display_p3},
                                                         {"Adobe RGB", adobe_rgb},
                                                         {"linear Rec. 2020", rec2020_light}};
  for (const auto& [name, meaning] : meanings) {
    const Bytes profile = profile_of(meaning);
    for (const int bits : {8, 16}) {
      const Raster picture = photo(200, 150, 3, bits);
      for (const int steps : {4, 12, 30}) {
        const Raster other = harmed(picture, steps);
        EXPECT_NEAR(
            compared(make_png(picture, {.icc = profile}), make_png(other, {.icc = profile})),
            expected_score(picture, profile, other, profile), tolerance)
            << name << ", " << bits << " bits, steps of " << steps;
      }
    }
  }
}

TEST(ProfiledPictures, OfDifferentProfilesScoreAsTheirLightDoes) {
  const Raster picture = photo(200, 150);
  const Raster other = harmed(picture, 10);
  const Bytes plain = profile_of(srgb);
  const Bytes wide = profile_of(display_p3);
  const double between = expected_score(picture, plain, other, wide);
  EXPECT_NEAR(compared(make_png(picture, {.icc = plain}), make_png(other, {.icc = wide})), between,
              tolerance);
  // Without a profile, sRGB is assumed.
  EXPECT_NEAR(compared(make_png(picture), make_png(other, {.icc = wide})), between, tolerance);
  const double same = expected_score(picture, plain, other, plain);
  EXPECT_NEAR(compared(make_png(picture), make_png(other)), same, tolerance);
  EXPECT_NEAR(compared(make_png(picture), make_png(other, {.icc = plain})), same, tolerance);
  EXPECT_NEAR(compared(make_png(picture, {.icc = plain}), make_png(other)), same, tolerance);
}

TEST(ProfiledPictures, GreyScoresAsItsLightDoes) {
  for (const double gamma : {1.0, 1.8, 2.2}) {
    const Bytes profile = grey_profile(gamma);
    for (const int bits : {8, 16}) {
      const Raster picture = photo(200, 150, 1, bits);
      const Raster other = harmed(picture, 12);
      EXPECT_NEAR(compared(make_png(picture, {.icc = profile}), make_png(other, {.icc = profile})),
                  expected_score(picture, profile, other, profile), tolerance)
          << gamma << ", " << bits << " bits";
    }
  }
}

// Neutral colours are the same in P3 and sRGB, even half-transparent: blending uses encoded values.
TEST(ProfiledPictures, TransparencyIsSeenAsWithoutAProfile) {
  Raster picture = photo(200, 150, 4);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      for (int c = 1; c < 3; ++c) picture.at(x, y, c) = picture.at(x, y, 0);
    }
  }
  Raster other = picture;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        other.at(x, y, c) = static_cast<std::uint16_t>(other.at(x, y, c) / 16 * 16);
      }
    }
  }
  const Bytes wide = profile_of(display_p3);
  EXPECT_GT(compared(make_png(picture), make_png(picture, {.icc = wide})), 97);
  const double plain = compared(make_png(picture), make_png(other));
  EXPECT_LT(plain, 90);
  EXPECT_NEAR(compared(make_png(picture, {.icc = wide}), make_png(other, {.icc = wide})), plain,
              tolerance);
  EXPECT_NEAR(compared(make_png(picture), make_png(other, {.icc = wide})), plain, tolerance);
}

TEST(ProfiledPictures, InksScoreAsTheirLightDoes) {
  const Bytes profile = cmyk_profile();
  Raster picture = photo(200, 150, 4);
  picture.cmyk = true;
  // Keeps part of it out of the dark.
  for (std::uint16_t& sample : picture.samples) sample = static_cast<std::uint16_t>(sample / 2);
  for (const int steps : {4, 12, 30}) {
    const Raster other = harmed(picture, steps);
    const double expected = expected_score(picture, profile, other, profile);
    // The engine interpolates between the profile's entries in 16 bits, with a finer table of its
    // own.
    EXPECT_NEAR(compared(make_tiff(picture, {.icc = profile}), make_tiff(other, {.icc = profile})),
                expected, tolerance + 0.005 * (100 - expected))
        << steps;
  }
}

}  // namespace
}  // namespace imgmill
