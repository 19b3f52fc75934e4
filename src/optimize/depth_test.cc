// 16 bits, grey and palettes are preserved if the format supports them.
#include <gtest/gtest.h>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/engine_age.h"

namespace imgmill {
namespace {

using namespace test;

bool mentions_depth(const Optimized& result) {
  for (const std::string& note : result.notes) {
    if (note.find("16 bits") != std::string::npos) return true;
  }
  return false;
}

TEST(Depth, SixteenBitsStayWhereTheyFit) {
  const Raster picture = photo(48, 40, 3, 16);
  const Bytes file = make_png(picture);
  const struct {
    Format to;
    int bits;
    bool note;
  } rows[] = {{Format::png, 16, false},   {Format::tiff, 16, false}, {Format::avif, 12, true},
              {Format::webp, 8, true},    {Format::jpeg, 8, true},   {Format::gif, 8, true},
              {Format::jpegxl, 16, false}};
  for (const auto& row : rows) {
    const auto result = optimize(file, {.output_format = row.to});
    ASSERT_TRUE(result) << info(row.to).name << result.error().describe();
    const Decoded after = decode(result->bytes.view(), row.to);
    EXPECT_EQ(after.bits, row.bits) << info(row.to).name;
    EXPECT_EQ(mentions_depth(*result), row.note) << info(row.to).name;
    EXPECT_GT(psnr(after.picture(), picture), 26) << info(row.to).name;
    if (row.bits == 16 && info(row.to).default_quality == 100) {
      EXPECT_EQ(after.picture(), picture) << info(row.to).name;
    }
  }
}

TEST(Depth, DeepAvifStaysDeep) {
  for (const int bits : {10, 12}) {
    const Raster picture = photo(48, 40, 3, bits);
    const Bytes file = make_avif(picture, {.lossless = false, .quality = 98});
    const auto result = optimize(file);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_EQ(decode(result->bytes.view(), Format::avif).bits, exact_avif() ? bits : 12);
    EXPECT_GT(psnr(decode(result->bytes.view(), Format::avif).picture(), picture), 27);
    const auto png = optimize(make_avif(picture), {.output_format = Format::png});
    ASSERT_TRUE(png);
    const Decoded wide = decode(png->bytes.view(), Format::png);
    EXPECT_EQ(wide.bits, 16);
    EXPECT_EQ(rgba(wide.picture(), bits), rgba(picture, bits));
  }
}

TEST(Depth, GreyWithDepthIsNotTurnedDark) {
  const Raster picture = photo(48, 40, 1, 16);
  for (const FormatInfo& row : written_formats()) {
    const auto result = optimize(make_png(picture), {.output_format = row.format});
    ASSERT_TRUE(result) << row.name;
    EXPECT_GT(psnr(decode(result->bytes.view(), row.format).picture(), picture), 26) << row.name;
  }
}

TEST(Depth, ResizedSixteenBitsStaySixteen) {
  const Raster picture = photo(80, 40, 4, 16);
  ImageSettings settings;
  settings.resize = {.mode = ResizeMode::percent, .percent = 50};
  const auto result = optimize(make_png(picture), settings);
  ASSERT_TRUE(result);
  const Decoded after = decode(result->bytes.view(), Format::png);
  EXPECT_EQ(after.bits, 16);
  EXPECT_GT(psnr(after.picture(), shrunk(picture, 2)), 27);
}

TEST(Grey, StaysGrey) {
  const Raster picture = photo(48, 40, 1);
  for (const Format from : {Format::png, Format::tiff}) {
    const Bytes file = from == Format::png ? make_png(picture) : make_tiff(picture);
    for (const Format to : {Format::jpeg, Format::png, Format::tiff}) {
      const auto result = optimize(file, {.output_format = to});
      ASSERT_TRUE(result);
      EXPECT_EQ(decode(result->bytes.view(), to).picture().channels, 1)
          << info(from).name << " to " << info(to).name;
    }
  }
  const auto jpeg = optimize(make_jpeg(picture, {.quality = 97}));
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(decode(jpeg->bytes.view(), Format::jpeg).picture().channels, 1);
}

TEST(Palette, IsNotBlownUp) {
  const Bytes file = make_png(graphic(120, 90, 3, 8, 12), {.palette = true, .level = 1});
  const auto result = optimize(file);
  ASSERT_TRUE(result);
  EXPECT_TRUE(decode(result->bytes.view(), Format::png).palette);
  EXPECT_LE(result->bytes.size(), file.size());
  // Pictures with few colours get a palette automatically.
  const auto found = optimize(make_png(graphic(120, 90, 3, 8, 12)));
  ASSERT_TRUE(found);
  EXPECT_TRUE(decode(found->bytes.view(), Format::png).palette);
  // The same from another format.
  const auto converted =
      optimize(make_webp(graphic(120, 90, 3, 8, 12)), {.output_format = Format::png});
  ASSERT_TRUE(converted);
  EXPECT_TRUE(decode(converted->bytes.view(), Format::png).palette);
}

TEST(Palette, OfFewBitsStaysOfFewBits) {
  for (const int bits : {1, 2, 4}) {
    const auto result = optimize(make_png(photo(64, 64, 1, bits), {.level = 0}));
    ASSERT_TRUE(result);
    EXPECT_LE(decode(result->bytes.view(), Format::png).bits, bits);
  }
}

TEST(Palette, LossyPngIsSmallerAndClose) {
  const Raster picture = photo(120, 90);
  const Bytes file = make_png(picture);
  ImageSettings settings;
  settings.quality.png = 80;
  const auto result = optimize(file, settings);
  ASSERT_TRUE(result);
  EXPECT_LT(result->bytes.size(), file.size() / 2);
  EXPECT_GT(psnr(decode(result->bytes.view(), Format::png).picture(), picture), 24);
}

}  // namespace
}  // namespace imgmill
