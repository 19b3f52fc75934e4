#include "png/reduce.h"

#include <gtest/gtest.h>

#include "png/palette_order.h"

namespace imgmill::png {
namespace {

Raster raster(Colour colour, int bits, std::uint32_t width, std::uint32_t height,
              std::vector<std::uint8_t> rows) {
  Raster out;
  out.width = width;
  out.height = height;
  out.colour = colour;
  out.bits = bits;
  out.rows = std::move(rows);
  if (!out.rows.empty()) {
    EXPECT_EQ(out.rows.size(), out.stride() * height);
  }
  return out;
}

TEST(Reduce, SixteenBitsBecomeEightWhereBothBytesAgree) {
  Raster grey = raster(Colour::grey, 16, 2, 1, {7, 7, 200, 200});
  grey.key = Triple{0x0707, 0x0707, 0x0707};
  const auto narrow = narrowed(grey);
  ASSERT_TRUE(narrow);
  EXPECT_EQ(narrow->rows, (std::vector<std::uint8_t>{7, 200}));
  EXPECT_EQ(narrow->key, (Triple{7, 7, 7}));

  grey.key = Triple{0x0708, 0x0708, 0x0708};
  EXPECT_FALSE(narrowed(grey)->key) << "a colour that no pixel can have";
  grey.rows[1] = 8;
  EXPECT_FALSE(narrowed(grey));
  grey.rows[1] = 7;
  grey.background = Triple{0x0102, 0x0102, 0x0102};
  EXPECT_FALSE(narrowed(grey)) << "the background needs its 16 bits";
}

TEST(Reduce, AlphaThatIsOpaqueGoes) {
  const auto opaque =
      without_alpha(raster(Colour::rgb_alpha, 8, 1, 1, {1, 2, 3, 255}), HiddenColours::kept);
  ASSERT_TRUE(opaque);
  EXPECT_EQ(opaque->colour, Colour::rgb);
  EXPECT_EQ(opaque->rows, (std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_FALSE(opaque->key);
  EXPECT_FALSE(
      without_alpha(raster(Colour::rgb_alpha, 8, 1, 1, {1, 2, 3, 254}), HiddenColours::free));
}

TEST(Reduce, OneHiddenColourBecomesTheKeyUnlessItIsSeenElsewhere) {
  const Raster hidden = raster(Colour::grey_alpha, 8, 2, 1, {9, 0, 5, 255});
  const auto keyed = without_alpha(hidden, HiddenColours::kept);
  ASSERT_TRUE(keyed);
  EXPECT_EQ(keyed->key, (Triple{9, 9, 9}));
  EXPECT_EQ(keyed->rows, (std::vector<std::uint8_t>{9, 5}));
  const Raster seen = raster(Colour::grey_alpha, 8, 2, 1, {9, 0, 9, 255});
  EXPECT_FALSE(without_alpha(seen, HiddenColours::kept));
  const auto free = without_alpha(seen, HiddenColours::free);
  ASSERT_TRUE(free);
  EXPECT_EQ(free->rows, (std::vector<std::uint8_t>{0, 9}));
  EXPECT_EQ(free->key, (Triple{0, 0, 0}));
  const Raster two = raster(Colour::grey_alpha, 8, 2, 1, {9, 0, 8, 0});
  EXPECT_FALSE(without_alpha(two, HiddenColours::kept)) << "two hidden colours cannot be one";
}

TEST(Reduce, NoFreeGreyLeftMeansNoKey) {
  std::vector<std::uint8_t> rows = {0, 0};
  for (int i = 0; i < 256; ++i) rows.insert(rows.end(), {static_cast<std::uint8_t>(i), 255});
  EXPECT_FALSE(without_alpha(raster(Colour::grey_alpha, 8, 257, 1, rows), HiddenColours::free));
}

TEST(Reduce, AKeyThatNoPixelHasGoes) {
  Raster colours = raster(Colour::rgb, 8, 1, 1, {1, 2, 3});
  colours.key = Triple{3, 2, 1};
  ASSERT_TRUE(without_key(colours));
  EXPECT_FALSE(without_key(colours)->key);
  colours.key = Triple{1, 2, 3};
  EXPECT_FALSE(without_key(colours));
}

TEST(Reduce, GreyColoursBecomeGreyUnlessTheBackgroundIsColoured) {
  Raster colours = raster(Colour::rgb, 16, 1, 1, {1, 2, 1, 2, 1, 2});
  const auto grey = as_grey(colours);
  ASSERT_TRUE(grey);
  EXPECT_EQ(grey->colour, Colour::grey);
  EXPECT_EQ(grey->rows, (std::vector<std::uint8_t>{1, 2}));
  colours.background = Triple{1, 2, 3};
  EXPECT_FALSE(as_grey(colours));
  EXPECT_FALSE(as_grey(raster(Colour::rgb, 8, 1, 1, {1, 1, 2})));
}

TEST(Reduce, GreyTakesAsFewBitsAsItsLevelsNeed) {
  const auto one = in_fewer_bits(raster(Colour::grey, 8, 3, 1, {0, 255, 0}));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->bits, 1);
  EXPECT_EQ(one->rows, (std::vector<std::uint8_t>{0x40}));
  EXPECT_EQ(in_fewer_bits(raster(Colour::grey, 8, 2, 1, {85, 255}))->bits, 2);
  EXPECT_EQ(in_fewer_bits(raster(Colour::grey, 8, 2, 1, {17, 255}))->bits, 4);
  EXPECT_FALSE(in_fewer_bits(raster(Colour::grey, 8, 2, 1, {18, 255})));
  Raster behind = raster(Colour::grey, 8, 1, 1, {255});
  behind.background = Triple{85, 85, 85};
  EXPECT_EQ(in_fewer_bits(behind)->bits, 2);
  EXPECT_EQ(in_fewer_bits(behind)->background, (Triple{1, 1, 1}));
}

TEST(Reduce, PalettesHoldTheBackgroundAndAtMost256Colours) {
  Raster colours = raster(Colour::rgb, 8, 2, 1, {1, 2, 3, 4, 5, 6});
  colours.key = Triple{4, 5, 6};
  const auto palette = with_palette(colours);
  ASSERT_TRUE(palette);
  EXPECT_EQ(palette->bits, 1);
  EXPECT_EQ(palette->palette, (std::vector<Entry>{{1, 2, 3, 255}, {4, 5, 6, 0}}));
  colours.background = Triple{9, 9, 9};
  EXPECT_EQ(with_palette(colours)->palette.size(), 3U);

  std::vector<std::uint8_t> rows;
  for (int i = 0; i < 257; ++i) {
    rows.insert(rows.end(), {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 256), 0});
  }
  EXPECT_FALSE(with_palette(raster(Colour::rgb, 8, 257, 1, rows)));
  rows.resize(256 * 3);
  Raster full = raster(Colour::rgb, 8, 256, 1, rows);
  EXPECT_TRUE(with_palette(full));
  full.background = Triple{1, 1, 1};
  EXPECT_FALSE(with_palette(full)) << "no room for the background";
}

TEST(Reduce, SpreadUndoesPaletteAndFewBits) {
  Raster packed = raster(Colour::palette, 2, 3, 1, {0b00'01'10'00});
  packed.palette = {{1, 2, 3, 255}, {4, 5, 6, 255}, {7, 8, 9, 255}};
  EXPECT_EQ(spread(packed).rows, (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  Raster grey = raster(Colour::grey, 4, 3, 1, {0x1F, 0x20});
  grey.key = Triple{15, 15, 15};
  EXPECT_EQ(spread(grey).rows, (std::vector<std::uint8_t>{17, 255, 34}));
  EXPECT_EQ(spread(grey).key, (Triple{255, 255, 255}));
}

TEST(Reduce, CleaningChangesOnlyWhatCannotBeSeen) {
  const Raster dirty = raster(Colour::rgb_alpha, 8, 2, 2,
                              {1, 2, 3, 9, 4, 5, 6, 0,  //
                               7, 8, 9, 0, 1, 1, 1, 1});
  EXPECT_EQ(cleaned(dirty, Cleaning::black).rows,
            (std::vector<std::uint8_t>{1, 2, 3, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(cleaned(dirty, Cleaning::left).rows,
            (std::vector<std::uint8_t>{1, 2, 3, 9, 1, 2, 3, 0, 1, 2, 3, 0, 1, 1, 1, 1}));
  // The low byte of a 16-bit alpha is visible, too.
  const Raster faint = raster(Colour::grey_alpha, 16, 1, 1, {5, 5, 0, 1});
  EXPECT_EQ(cleaned(faint, Cleaning::black).rows, faint.rows);
}

TEST(PaletteOrder, KeepsThePictureAndPutsTransparencyFirst) {
  for (const int bits : {1, 2, 4, 8}) {
    Raster packed = raster(Colour::palette, bits, 5, 3, {});
    const std::size_t entries = bits == 8 ? 200 : std::size_t{1} << bits;
    for (std::size_t i = 0; i < entries; ++i) {
      packed.palette.push_back({static_cast<std::uint8_t>(i * 37), static_cast<std::uint8_t>(i),
                                static_cast<std::uint8_t>(255 - i),
                                static_cast<std::uint8_t>(i % 3 == 1 ? 7 : 255)});
    }
    packed.rows.resize(packed.stride() * packed.height);
    for (std::size_t i = 0; i < packed.rows.size(); ++i) {
      packed.rows[i] = static_cast<std::uint8_t>(bits == 8 ? i * 13 % entries : i * 89 + 27);
    }
    const std::size_t used = 5 * static_cast<std::size_t>(bits) % 8;
    if (used > 0) {
      for (std::size_t end = packed.stride(); end <= packed.rows.size(); end += packed.stride()) {
        packed.rows[end - 1] &= static_cast<std::uint8_t>(0xFF00U >> used);
      }
    }
    for (const PaletteOrder order : {PaletteOrder::appearance, PaletteOrder::luminance,
                                     PaletteOrder::frequency, PaletteOrder::adjacency}) {
      const Raster now = reordered(packed, order);
      EXPECT_EQ(spread(now).rows, spread(packed).rows) << bits << " " << static_cast<int>(order);
      bool opaque = false;
      for (const Entry& entry : now.palette) {
        opaque = opaque || entry[3] == 255;
        EXPECT_TRUE(!opaque || entry[3] == 255);
      }
    }
  }
}

}  // namespace
}  // namespace imgmill::png
