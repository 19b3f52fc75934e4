// Tests alpha in AVIF: premultiplied colours, and alpha that is not rotated with the colours.
#include "codecs/avif.h"

#include <gtest/gtest.h>

#include "imgmill/optimize.h"
#include "metadata/isobmff.h"
#include "support/decode.h"

namespace imgmill {
namespace {

using namespace test;

TEST(AvifAlpha, PremultipliedColoursAreDividedOut) {
  for (const int bits : {8, 10}) {
    const Raster picture = photo(48, 40, 4, bits);
    const Bytes file = make_avif(premultiplied(picture), {.premultiplied = true});
    const auto png = optimize(file, {.output_format = Format::png});
    ASSERT_TRUE(png) << png.error().describe();
    const Raster after = rgba(decode(png->bytes.view(), Format::png).picture());
    EXPECT_GT(psnr(after, rgba(picture)), 35) << bits;
    // The same within AVIF.
    ImageSettings half;
    half.quality.global = 90;
    half.resize = {.mode = ResizeMode::width, .width = 24};
    const auto small = optimize(file, half);
    ASSERT_TRUE(small) << small.error().describe();
    EXPECT_GT(
        psnr(rgba(decode(small->bytes.view(), Format::avif).picture()), shrunk(rgba(picture), 2)),
        26);
  }
}

TEST(AvifAlpha, TurnsWithTheColours) {
  const Raster picture = photo(48, 32, 4);  // alpha rises from left to right
  for (int turns = 0; turns < 4; ++turns) {
    for (const std::optional<int> mirror :
         {std::optional<int>{}, std::optional(0), std::optional(1)}) {
      SCOPED_TRACE(std::to_string(turns) + " turns, mirror " + std::to_string(mirror.value_or(-1)));
      const Bytes file = make_avif(picture, {.turns = turns, .mirror = mirror});
      // EXIF orientations for quarter turns anticlockwise.
      constexpr int orientations[] = {1, 8, 3, 6};
      Raster expected = turned(picture, orientations[turns]);
      if (mirror) expected = turned(expected, *mirror == 0 ? 4 : 2);
      const auto png = optimize(file, {.output_format = Format::png});
      ASSERT_TRUE(png) << png.error().describe();
      const Raster after = rgba(decode(png->bytes.view(), Format::png).picture());
      EXPECT_EQ(after.width, expected.width);
      EXPECT_GT(psnr(after, rgba(expected)), 40);
    }
  }
}

}  // namespace
}  // namespace imgmill
