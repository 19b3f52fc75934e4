// Tests that our profiles mean the same as code points, chunks and tags, using lcms2.
#include "transform/rgb_space.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/profiles.h"
#include "transform/icc.h"

namespace imgmill {
namespace {

using namespace test;

Bytes bytes_of(const Buffer& buffer) { return {buffer.view().begin(), buffer.view().end()}; }

// Mean difference in Lab between two profiles for the same samples.
double apart(const Bytes& one, const Bytes& other) {
  Raster every(64, 64, 3);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      every.at(x, y, 0) = static_cast<std::uint16_t>(4 * x);
      every.at(x, y, 1) = static_cast<std::uint16_t>(4 * y);
      every.at(x, y, 2) = static_cast<std::uint16_t>(2 * (x + y));
    }
  }
  return mean_delta_e(every, one, every, other);
}

TEST(RgbSpace, ProfilesSayWhatThePrimariesSay) {
  EXPECT_LT(apart(bytes_of(rgb_profile(RgbSpace{.name = "x"})), {}), 0.05);
  const auto p3 = space_of({12, 13}, VideoCurve::bt1886);
  ASSERT_TRUE(p3);
  EXPECT_LT(apart(bytes_of(rgb_profile(*p3)), wide_profile()), 0.05);
  const Bytes adobe = rgb_profile_of({.places = adobe_places, .gamma = 2.19921875});
  EXPECT_LT(apart(bytes_of(rgb_profile(adobe_rgb())), adobe), 0.05);
  // A white point other than D65.
  const auto film = space_of({8, 5}, VideoCurve::srgb);
  ASSERT_TRUE(film);
  const Bytes film_by_lcms = rgb_profile_of(
      {.places = {0.310, 0.316, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049}, .gamma = 2.8});
  EXPECT_LT(apart(bytes_of(rgb_profile(*film)), film_by_lcms), 0.05);
  EXPECT_GT(apart(bytes_of(rgb_profile(*film)), wide_profile()), 5) << "the measure sees nothing";
}

TEST(RgbSpace, EveryCodePointForStillsIsKnown) {
  for (const int primaries : {1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22}) {
    for (const int transfer : {1, 2, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15}) {
      const auto space = space_of({primaries, transfer}, VideoCurve::srgb);
      ASSERT_TRUE(space) << primaries << "/" << transfer;
      const Buffer profile = rgb_profile(*space);
      const IccFacts facts = read_icc(profile.view());
      EXPECT_EQ(facts.space, "RGB") << primaries;
      EXPECT_FALSE(facts.description.empty());
      EXPECT_LT(profile.size(), 700U);
    }
  }
  for (const int transfer : {0, 3, 9, 10, 16, 17, 18, 99}) {
    EXPECT_FALSE(space_of({1, transfer}, VideoCurve::srgb)) << transfer;
  }
  for (const int primaries : {0, 3, 13, 21, 23, 255}) {
    EXPECT_FALSE(space_of({primaries, 13}, VideoCurve::srgb)) << primaries;
  }
}

TEST(RgbSpace, SrgbIsRecognisedAgain) {
  const auto says_srgb = [](const Cicp& cicp, VideoCurve video) {
    return is_srgb(read_icc(rgb_profile(space_of(cicp, video).value()).view()));
  };
  EXPECT_TRUE(says_srgb({1, 13}, VideoCurve::bt1886));
  EXPECT_TRUE(says_srgb({2, 2}, VideoCurve::bt1886));
  EXPECT_TRUE(says_srgb({1, 1}, VideoCurve::srgb));
  EXPECT_FALSE(says_srgb({1, 1}, VideoCurve::bt1886));
  EXPECT_FALSE(says_srgb({1, 4}, VideoCurve::srgb));
  EXPECT_FALSE(says_srgb({12, 13}, VideoCurve::srgb));
  EXPECT_TRUE(is_srgb(read_icc(grey_profile(RgbSpace{}).view())));
}

TEST(RgbSpace, NonsenseHasNoProfile) {
  RgbSpace space;
  space.primaries.white.y = 0;
  EXPECT_TRUE(rgb_profile(space).empty());
  space.primaries = {{0.3, 0.3}, {0.3, 0.3}, {0.3, 0.3}, {0.3127, 0.329}};
  EXPECT_TRUE(rgb_profile(space).empty());
  space.primaries = {{0.64, 0.33}, {0.3, 0.6}, {0.15, 0.06}, {0.9, 0.05}};
  EXPECT_TRUE(rgb_profile(space).empty());
  space.primaries = {{42949, 42949}, {0, 42949}, {1, 1}, {42949, 42949}};
  EXPECT_TRUE(rgb_profile(space).empty());
}

TEST(RgbSpace, CurvesAreThoseOfTheProfile) {
  // Grey through lcms2 and through light(): the same lightness.
  for (const int transfer : {4, 5, 7, 8, 13}) {
    const auto space = space_of({1, transfer}, VideoCurve::bt1886);
    ASSERT_TRUE(space);
    for (const int number : {3, 20, 60, 128, 200, 255}) {
      Raster one(1, 1, 1);
      one.at(0, 0, 0) = static_cast<std::uint16_t>(number);
      const double light = space->curve.light(number / 255.0);
      Raster other(1, 1, 1, 16);
      other.at(0, 0, 0) = static_cast<std::uint16_t>(std::lround(65535 * light));
      EXPECT_LT(mean_delta_e(one, bytes_of(grey_profile(*space)), other, grey_profile(1.0)), 0.2)
          << transfer << " at " << number;
    }
  }
}

}  // namespace
}  // namespace imgmill
