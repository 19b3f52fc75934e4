#include "codecs/png_header.h"

#include <gtest/gtest.h>

#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;

TEST(PngHeader, SaysWhatTheFileHolds) {
  const auto plain = read_png_header(make_png(graphic(31, 17)));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->width, 31U);
  EXPECT_EQ(plain->height, 17U);
  EXPECT_EQ(plain->bits, 8);
  EXPECT_TRUE(plain->colour);
  EXPECT_FALSE(plain->palette || plain->alpha || plain->interlaced || plain->gamma);

  const auto grey = read_png_header(make_png(graphic(9, 9, 1, 2), {.interlaced = true}));
  ASSERT_TRUE(grey);
  EXPECT_EQ(grey->bits, 2);
  EXPECT_TRUE(!grey->colour && grey->interlaced);

  const auto palette = read_png_header(make_png(graphic(40, 40, 4), {.palette = true}));
  ASSERT_TRUE(palette);
  EXPECT_TRUE(palette->palette && palette->colour && palette->alpha);

  const auto keyed = read_png_header(make_png(graphic(9, 9), {.clear_first = true}));
  ASSERT_TRUE(keyed);
  EXPECT_TRUE(keyed->alpha);

  const auto linear = read_png_header(make_png(graphic(9, 9), {.gamma = 1.0}));
  ASSERT_TRUE(linear && linear->gamma);
  EXPECT_NEAR(*linear->gamma, 1.0, 1e-4);
}

TEST(PngHeader, KnowsCodePointsAndThatTheyOverruleGamma) {
  const auto header = read_png_header(make_png(graphic(9, 9), {.gamma = 1.0, .cicp = {{9, 16}}}));
  ASSERT_TRUE(header && header->cicp);
  EXPECT_EQ(header->cicp->primaries, 9);
  EXPECT_EQ(header->cicp->transfer, 16);
  EXPECT_FALSE(header->gamma);
}

TEST(PngHeader, RefusesWhatCannotBe) {
  Bytes file = make_png(graphic(9, 9));
  EXPECT_FALSE(read_png_header(ByteView(file).first(20)));
  for (const std::size_t at : {16U, 20U}) {  // width, height
    Bytes flat = file;
    std::fill_n(flat.begin() + static_cast<std::ptrdiff_t>(at), 4, std::byte{0});
    EXPECT_FALSE(read_png_header(flat)) << at;
  }
  file[25] = std::byte{5};  // invalid colour type
  EXPECT_FALSE(read_png_header(file));
}

TEST(PngDiagnosis, FindsBrokenSumsAndMissingEnds) {
  Bytes file = make_png(photo(40, 40));
  EXPECT_EQ(diagnose_png(file), "");
  EXPECT_NE(diagnose_png(ByteView(file).first(file.size() - 12)), "");
  file[file.size() / 2] ^= std::byte{1};
  EXPECT_NE(diagnose_png(file), "");
}

}  // namespace
}  // namespace imgmill
