#include "placeholder/palette.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

/// Vertical stripes of these colours, each as wide as its share of 100 columns.
SmallPicture striped(const std::vector<std::pair<Colour, int>>& stripes, std::uint8_t alpha = 255) {
  SmallPicture picture{100, 10, {}};
  for (int y = 0; y < 10; ++y) {
    for (const auto& [colour, columns] : stripes) {
      for (int i = 0; i < columns; ++i) {
        picture.rgba.insert(picture.rgba.end(), {colour.red, colour.green, colour.blue, alpha});
      }
    }
  }
  return picture;
}

TEST(Palette, FlatColoursComeBackWithTheirShares) {
  const Colour red{200, 20, 30};
  const Colour blue{10, 40, 220};
  const Colour white{255, 255, 255};
  const auto palette = palette_of(striped({{blue, 20}, {red, 50}, {white, 30}}));
  ASSERT_EQ(palette.size(), 3U);
  const std::array expected = {std::pair{red, 0.5}, std::pair{white, 0.3}, std::pair{blue, 0.2}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(palette[i].colour, expected[i].first) << i;
    EXPECT_NEAR(palette[i].share, expected[i].second, 1e-9) << i;
  }
}

TEST(Palette, ColoursThatLookAlikeAreOne) {
  const auto palette = palette_of(striped({{{100, 100, 100}, 50}, {{104, 102, 100}, 50}}));
  ASSERT_EQ(palette.size(), 1U);
  EXPECT_NEAR(palette[0].share, 1, 1e-9);
  EXPECT_NEAR(palette[0].colour.red, 102, 1);
}

TEST(Palette, AtMostSixAndTheLargestFirst) {
  std::vector<std::pair<Colour, int>> stripes;
  for (int i = 0; i < 10; ++i) {
    const auto level = [&](int step) { return static_cast<std::uint8_t>(i * step % 256); };
    stripes.push_back({{level(83), level(131), level(57)}, 10});
  }
  const auto palette = palette_of(striped(stripes));
  EXPECT_LE(palette.size(), 6U);
  EXPECT_GE(palette.size(), 4U);
  for (std::size_t i = 1; i < palette.size(); ++i) {
    EXPECT_GE(palette[i - 1].share, palette[i].share);
  }
}

TEST(Palette, NothingOpaqueHasNone) {
  EXPECT_TRUE(palette_of(striped({{{1, 2, 3}, 100}}, 100)).empty());
}

}  // namespace
}  // namespace imgmill
