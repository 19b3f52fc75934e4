#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/compare.h"
#include "support/decode.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace imgmill::test;

TEST(Compare, ThePlaceOfTheDifferenceIsFoundAndDrawn) {
  const Raster picture = photo(320, 256);
  const auto compared =
      compare(make_png(picture), make_png(spoilt(picture, 200, 72, 40)), {.map = HeatMap::yes});
  ASSERT_TRUE(compared) << compared.error().describe();
  const Comparison& result = *compared;
  EXPECT_LT(result.score, 100);
  EXPECT_LT(result.worst.score, result.score);
  EXPECT_LE(result.worst.left, 220U);
  EXPECT_GE(result.worst.left + result.worst.width, 220U);
  EXPECT_LE(result.worst.top, 92U);
  EXPECT_GE(result.worst.top + result.worst.height, 92U);

  const MapExtent extent = map_extent(320, 256);
  ASSERT_EQ(sniff(result.map.view()), Format::png);
  const Decoded map = decode(result.map.view(), Format::png);
  ASSERT_EQ(map.picture().width, static_cast<int>(extent.width));
  ASSERT_EQ(map.picture().height, static_cast<int>(extent.height));
  // Colour appears where the difference is and almost nowhere else: greys have no chroma.
  const auto chroma = [&](int x, int y) {
    const Raster& drawn = map.picture();
    const int m = static_cast<int>(extent.magnified);
    const int red = drawn.at(x * m, y * m, 0);
    const int green = drawn.at(x * m, y * m, 1);
    const int blue = drawn.at(x * m, y * m, 2);
    return std::max({red, green, blue}) - std::min({red, green, blue});
  };
  EXPECT_GT(chroma(220, 92), 60);
  EXPECT_LT(chroma(20, 20), 20);
  EXPECT_LT(chroma(20, 240), 20);
  EXPECT_LT(chroma(300, 240), 20);
}

}  // namespace
}  // namespace imgmill
