#include "transform/geometry.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

TEST(Geometry, EveryMode) {
  const Extent from{4000, 3000};
  EXPECT_EQ(resized(from, {}), from);
  EXPECT_EQ(resized(from, {.mode = ResizeMode::width, .width = 800}), (Extent{800, 600}));
  EXPECT_EQ(resized(from, {.mode = ResizeMode::height, .height = 600}), (Extent{800, 600}));
  EXPECT_EQ(resized(from, {.mode = ResizeMode::longest, .size = 1000}), (Extent{1000, 750}));
  EXPECT_EQ(resized(from, {.mode = ResizeMode::shortest, .size = 1000}), (Extent{1333, 1000}));
  EXPECT_EQ(resized(from, {.mode = ResizeMode::percent, .percent = 25}), (Extent{1000, 750}));
  EXPECT_EQ(resized(from, {.mode = ResizeMode::fit, .width = 1000, .height = 1000}),
            (Extent{1000, 750}));
  EXPECT_EQ(
      resized(from, {.mode = ResizeMode::fit, .width = 1000, .height = 1000, .fit = Fit::fill}),
      (Extent{1000, 1000}));
}

TEST(Geometry, LongestAndShortestLookAtTheSideTheyName) {
  const Extent portrait{3000, 4000};
  EXPECT_EQ(resized(portrait, {.mode = ResizeMode::longest, .size = 1000}), (Extent{750, 1000}));
  EXPECT_EQ(resized(portrait, {.mode = ResizeMode::shortest, .size = 1000}), (Extent{1000, 1333}));
}

TEST(Geometry, EnlargesOnlyWhenAllowed) {
  const Extent from{100, 50};
  Resize resize{.mode = ResizeMode::width, .width = 400};
  EXPECT_EQ(resized(from, resize), from);
  resize.enlarge = Enlarge::allow;
  EXPECT_EQ(resized(from, resize), (Extent{400, 200}));
}

TEST(Geometry, ASideNeverVanishes) {
  EXPECT_EQ(resized({10000, 3}, {.mode = ResizeMode::width, .width = 10}), (Extent{10, 1}));
  EXPECT_EQ(resized({1, 1}, {.mode = ResizeMode::percent, .percent = 0.001}), (Extent{1, 1}));
}

TEST(Geometry, OrientationsFiveToEightLieOnTheirSide) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Extent expected = orientation >= 5 ? Extent{30, 40} : Extent{40, 30};
    EXPECT_EQ(upright({40, 30}, orientation), expected) << orientation;
  }
}

}  // namespace
}  // namespace imgmill
