#include "compare/heat_map.h"

#include <gtest/gtest.h>

#include "codecs/engine.h"
#include "compare/canvas.h"
#include "compare/colour_scale.h"
#include "support/decode.h"

namespace imgmill {
namespace {

using namespace imgmill::test;

double lightness(const Colour& colour) {
  return 0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue;
}

TEST(ColourScale, GetsLighterAllTheWay) {
  double last = -1;
  for (int i = 0; i <= 64; ++i) {
    const double now = lightness(tint_of(i / 64.0).colour);
    EXPECT_GT(now, last) << i;
    last = now;
  }
}

TEST(ColourScale, LeavesAloneWhatIsTheSame) {
  const Colour same = tinted(200, tint_of(0));
  EXPECT_EQ(same.red, same.green);
  EXPECT_EQ(same.green, same.blue);
  EXPECT_EQ(tint_of(-3).opacity, 0);
  EXPECT_EQ(tint_of(7).colour, tint_of(1).colour);
}

TEST(HeatMap, AmountsGrowWithErrorsFromNothingToAll) {
  EXPECT_EQ(amount_of(0), 0);
  EXPECT_EQ(amount_of(-1), 0);
  double last = 0;
  for (const double error : {0.1, 1.0, 3.0, 10.0}) {
    EXPECT_GT(amount_of(error), last);
    last = amount_of(error);
  }
  EXPECT_EQ(amount_of(1e9), 1);
}

TEST(HeatMap, SizesAreAsDocumented) {
  const MapExtent large = map_extent(4000, 3000);
  EXPECT_EQ(large.width, 4000U);
  EXPECT_EQ(large.height, 3000U + large.legend_rows);
  EXPECT_EQ(large.magnified, 1U);
  const MapExtent small = map_extent(20, 10);
  EXPECT_GT(small.magnified, 1U);
  EXPECT_EQ(small.height, 10 * small.magnified + small.legend_rows);
  EXPECT_GE(small.width, 320U);
  const MapExtent thin = map_extent(1, 60'000);
  EXPECT_EQ(thin.magnified, 1U);
  EXPECT_GE(thin.width, 320U);
}

TEST(HeatMap, PaintsTheHotCellAndFramesTheWorstTile) {
  start_engine();
  const vips::VImage grey =
      (vips::VImage::black(400, 304) + 100).cast(VIPS_FORMAT_UCHAR).copy_memory();
  LocalScores local{50, 38, std::vector<float>(50 * 38, 0.0F)};
  local.errors[20 * 50 + 10] = 50;  // around (84, 164)
  const auto drawn = draw_heat_map({grey, local, {64, 144, 64, 64, 10}, 60});
  ASSERT_TRUE(drawn) << drawn.error().describe();
  const Raster map = decode(drawn->view(), Format::png).picture();
  const auto pixel = [&](int x, int y) {
    return std::array{map.at(x, y, 0), map.at(x, y, 1), map.at(x, y, 2)};
  };
  EXPECT_EQ(pixel(300, 40)[0], pixel(300, 40)[2]);
  EXPECT_GT(pixel(84, 164)[0], pixel(84, 164)[2] + 60);  // the warm end of the scale
  int bright = 0;
  for (int x = 64; x < 128; ++x) {
    for (int y = 144; y < 150; ++y)
      bright += pixel(x, y) == std::array<std::uint16_t, 3>{255, 255, 255};
  }
  EXPECT_GT(bright, 50);  // the frame's upper edge
}

TEST(Canvas, CutsOffWhatLiesOutside) {
  Canvas canvas(10, 10, {1, 1, 1});
  canvas.fill(-5, -5, 7, 7, {9, 9, 9});
  canvas.fill(8, 8, 100, 100, {9, 9, 9});
  canvas.frame(-3, 4, 40, 40, 2, {7, 7, 7});
  canvas.text(6, 6, 3, "w", {5, 5, 5});
  EXPECT_EQ(canvas.samples().size(), 300U);
  EXPECT_EQ(canvas.samples()[0], 9);
  EXPECT_EQ(canvas.samples()[(3 * 10 + 3) * 3], 1);
}

TEST(Canvas, LettersDifferAndHaveAWidth) {
  const auto drawn = [](std::string_view text) {
    Canvas canvas(12, 10, {});
    canvas.text(0, 0, 1, text, {0, 0, 0});
    return canvas.samples();
  };
  const std::string_view known = "abcdefghijklmnopqrstuvwxyz0123456789.,:-()";
  for (std::size_t i = 0; i < known.size(); ++i) {
    EXPECT_NE(drawn(known.substr(i, 1)), drawn(" ")) << known[i];
    for (std::size_t k = 0; k < i; ++k) {
      EXPECT_NE(drawn(known.substr(i, 1)), drawn(known.substr(k, 1))) << known[i] << known[k];
    }
  }
  EXPECT_EQ(text_width("abc", 2), 2 * 17);
  EXPECT_EQ(text_width("", 2), 0);
}

}  // namespace
}  // namespace imgmill
