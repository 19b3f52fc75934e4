// Sample tiles: their choice, and that they come from the picture.
#include "optimize/search/sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "codecs/codec.h"
#include "codecs/engine.h"
#include "imgmill/optimize.h"
#include "jpeg/reader.h"
#include "jpeg/writer.h"
#include "optimize/search/quality_search.h"
#include "quality/model.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

Picture decoded(ByteView bytes, Format format) {
  const ImageInfo info = codec(format).probe(bytes).value();
  Picture picture = codec(format).decode(bytes, info, {}).value();
  picture.image = picture.image.copy_memory();
  return picture;
}

const std::uint8_t* pixel(const Picture& picture, std::uint32_t x, std::uint32_t y) {
  return static_cast<const std::uint8_t*>(
      VIPS_IMAGE_ADDR(picture.image.get_image(), static_cast<int>(x), static_cast<int>(y)));
}

// True if not within `reach` pixels of a seam.
bool inside(std::uint32_t at, const Tiles& tiles, std::uint32_t reach) {
  return at % tiles.side >= reach && at % tiles.side < tiles.side - reach;
}

TEST(Tiles, AreNoneOfSmallPictures) {
  EXPECT_FALSE(tiles_of(1, 1));
  EXPECT_FALSE(tiles_of(63, 100'000));
  EXPECT_FALSE(tiles_of(447, 447));
  EXPECT_TRUE(tiles_of(448, 448));
}

TEST(Tiles, LieInThePictureAndAreSpreadOverIt) {
  for (const auto& [width, height] : {std::pair{768U, 512U},
                                      {512U, 768U},
                                      {1632U, 1224U},
                                      {2048U, 1366U},
                                      {4000U, 3000U},
                                      {16'000U, 600U},
                                      {600U, 16'000U},
                                      {16'384U, 16'384U}}) {
    SCOPED_TRACE(testing::Message() << width << " x " << height);
    const Tiles tiles = tiles_of(width, height).value();
    EXPECT_EQ(tiles.side % 64, 0U);
    EXPECT_GE(tiles.count(), 9U);
    EXPECT_LE(tiles.count(), 32U);
    // At most a quarter of the picture.
    EXPECT_LE(std::uint64_t{tiles.count()} * tiles.side * tiles.side * 4,
              std::uint64_t{width} * height);
    std::set<std::pair<std::uint32_t, std::uint32_t>> places;
    int quarters[2][2] = {};
    for (std::uint32_t i = 0; i < tiles.count(); ++i) {
      const auto [column, row] = tiles.place(i);
      EXPECT_LE((column + 1) * tiles.side, width);
      EXPECT_LE((row + 1) * tiles.side, height);
      places.insert({column, row});
      ++quarters[2 * row >= tiles.grid_high][2 * column >= tiles.grid_wide];
    }
    EXPECT_EQ(places.size(), tiles.count()) << "a tile comes twice";
    for (const auto& half : quarters) {
      for (const int count : half) EXPECT_GE(count, 1) << "a quarter of the picture is not seen";
    }
  }
}

TEST(Sample, HoldsTheTilesPixelsAndItsProfile) {
  const Bytes file = make_png(photo(520, 460, 3), {.icc = wide_profile()});
  const Picture picture = decoded(file, Format::png);
  const Tiles tiles = tiles_of(picture.width(), picture.height()).value();
  for (const std::uint32_t aside : {0U, 6U}) {
    const Picture sample = sampled(picture, tiles, aside).value();
    ASSERT_EQ(sample.width(), tiles.sample_wide * tiles.side);
    ASSERT_EQ(sample.height(), tiles.sample_high * tiles.side);
    for (std::uint32_t y = 0; y < sample.height(); ++y) {
      for (std::uint32_t x = 0; x < sample.width(); ++x) {
        if (!inside(x, tiles, 4) || !inside(y, tiles, 4)) continue;  // smoothed
        const auto [column, row] = tiles.place(y / tiles.side * tiles.sample_wide + x / tiles.side);
        const std::uint32_t left = std::min(column * tiles.side + aside, 520 - tiles.side);
        const std::uint32_t top = std::min(row * tiles.side + aside, 460 - tiles.side);
        const std::uint8_t* const from =
            pixel(picture, left + x % tiles.side, top + y % tiles.side);
        ASSERT_TRUE(std::equal(from, from + 3, pixel(sample, x, y))) << x << ", " << y;
      }
    }
    EXPECT_NE(vips_image_get_typeof(sample.image.get_image(), VIPS_META_ICC_NAME), 0U);
  }
}

TEST(Sample, HasSoftSeams) {
  // Steep between tiles, flat within them.
  Raster steps(512, 512, 1);
  for (int y = 0; y < 512; ++y) {
    for (int x = 0; x < 512; ++x) steps.at(x, y, 0) = x / 64 % 2 == 0 ? 20 : 220;
  }
  const Picture picture = decoded(make_png(steps), Format::png);
  const Tiles tiles = tiles_of(512, 512).value();
  ASSERT_EQ(tiles.side, 64U);
  const Picture sample = sampled(picture, tiles).value();
  int steepest = 0;
  std::set<int> seen;
  for (std::uint32_t y = 0; y < sample.height(); ++y) {
    for (std::uint32_t x = 0; x + 1 < sample.width(); ++x) {
      steepest = std::max(steepest, std::abs(*pixel(sample, x, y) - *pixel(sample, x + 1, y)));
      seen.insert(*pixel(sample, x, y));
    }
  }
  EXPECT_TRUE(seen.contains(20) && seen.contains(220));
  EXPECT_LE(steepest, 40) << "a seam is as hard as an edge";
  EXPECT_GT(steepest, 0) << "the tiles are all alike, nothing was tested";
}

TEST(Sample, OfCoefficientsShowsWhatTheFileShowsThere) {
  struct Kind {
    int channels, across, down;
  };
  for (const Kind& kind :
       {Kind{1, 1, 1}, Kind{3, 1, 1}, Kind{3, 2, 1}, Kind{3, 2, 2}, Kind{3, 1, 2}, Kind{3, 4, 1}}) {
    SCOPED_TRACE(testing::Message() << kind.channels << ": " << kind.across << " x " << kind.down);
    const Bytes file =
        make_jpeg(photo(523, 461, kind.channels), {.across = kind.across, .down = kind.down});
    const Picture picture = decoded(file, Format::jpeg);
    const Tiles tiles = tiles_of(picture.width(), picture.height()).value();
    const Picture pixels = sampled(picture, tiles).value();
    const jpeg::Picture part = sampled(jpeg::read_picture(file).value(), tiles).value();
    const Buffer bytes = jpeg::write_jpeg(part, jpeg::ScanSearch::sampled).value();
    const Picture shown = decoded(bytes.view(), Format::jpeg);
    ASSERT_EQ(shown.width(), pixels.width());
    ASSERT_EQ(shown.height(), pixels.height());
    for (std::uint32_t y = 0; y < shown.height(); ++y) {
      for (std::uint32_t x = 0; x < shown.width(); ++x) {
        if (!inside(x, tiles, 4) || !inside(y, tiles, 4)) continue;
        const std::uint8_t* const one = pixel(shown, x, y);
        ASSERT_TRUE(std::equal(one, one + kind.channels, pixel(pixels, x, y))) << x << ", " << y;
      }
    }
  }
}

TEST(Sample, IsNoneOfBlocksThatTilesCut) {
  const Bytes file = make_jpeg(photo(523, 461), {.across = 3, .down = 1});
  const Tiles tiles = tiles_of(523, 461).value();
  EXPECT_FALSE(sampled(jpeg::read_picture(file).value(), tiles));
}

TEST(Sample, ScoresAboutAsTheWholePicture) {
  const Picture picture = decoded(make_png(photo(768, 512)), Format::png);
  const Picture sample = sampled(picture, tiles_of(768, 512).value()).value();
  for (const Format format : {Format::jpeg, Format::webp}) {
    ASSERT_NE(codec(format).search->sample, SampleUse::none);
    for (const double quality : {70.0, 85.0}) {
      const auto score = [&](const Picture& one) {
        const Buffer bytes = codec(format).encode(one, {.quality = quality}).value();
        return score_of(one, codec(format), bytes.view()).value();
      };
      EXPECT_NEAR(whole_score(score(sample)), score(picture), 3) << info(format).name << quality;
    }
  }
}

TEST(Sample, ScoresGoBothWays) {
  for (const double score : {-20.0, 50.0, 80.0, 99.0, 100.0}) {
    EXPECT_NEAR(whole_score(sample_score(score)), score, 1e-9);
    EXPECT_GE(sample_score(score), score) << "seams hide, they do not harm";
  }
}

TEST(Sample, GuidesTheSearchAndTheWholePictureProvesIt) {
  ImageSettings settings;
  settings.target = Target{.score = 75};
  for (const Format format : {Format::jpeg, Format::webp}) {
    settings.output_format = format;
    const auto result = optimize(make_png(photo(768, 512)), settings);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_GE(*result->judgement.score, 75);
    EXPECT_GE(result->judgement.probes, 1) << "no sample was asked";
    EXPECT_GE(result->judgement.encodes, 1);
    EXPECT_LE(result->judgement.encodes, most_encodes);
    const Picture whole = decoded(make_png(photo(768, 512)), Format::png);
    EXPECT_EQ(score_of(whole, codec(format), result->bytes.view()).value(),
              result->judgement.score);
  }
}

// Hard edges everywhere, as in drawings: in colour only, or in luminance only.
Raster drawing(bool coloured) {
  Raster picture(640, 512, 3);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const bool ink = (x / 7 + y / 5) % 3 == 0 && x % 64 < 24;
      const int red = coloured && ink ? 230 : 90;
      const int green = ink ? (coloured ? 50 : 20) : 120;
      picture.at(x, y, 0) = static_cast<std::uint16_t>(coloured ? red : green);
      picture.at(x, y, 1) = static_cast<std::uint16_t>(green);
      picture.at(x, y, 2) = static_cast<std::uint16_t>(coloured && ink ? 60 : green + 10);
    }
  }
  return picture;
}

TEST(Sample, DecidesWhetherADrawingsChromaIsHalved) {
  ImageSettings settings;
  settings.target = Target{.score = 92};
  settings.output_format = Format::jpeg;
  for (const bool coloured : {false, true}) {
    const auto result = optimize(make_png(drawing(coloured)), settings);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_GE(*result->judgement.score, 92);
    const jpeg::Picture file = jpeg::read_picture(result->bytes.view()).value();
    EXPECT_EQ(file.planes[0].across, coloured ? 1 : 2) << (coloured ? "coloured" : "grey");
  }
}

}  // namespace
}  // namespace imgmill
