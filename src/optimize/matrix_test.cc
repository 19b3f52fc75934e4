// Every format to every format in the table.
#include <gtest/gtest.h>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/engine_age.h"

namespace imgmill {
namespace {

using namespace test;

struct Cell {
  Format from;
  Format to;
  int channels;
};

std::vector<Cell> cells() {
  std::vector<Cell> out;
  for (const FormatInfo& from : made_formats()) {
    for (const FormatInfo& to : written_formats()) {
      out.push_back({from.format, to.format, 3});
      if (from.alpha) out.push_back({from.format, to.format, 4});
    }
  }
  return out;
}

bool mentions(const Optimized& result, std::string_view part) {
  for (const std::string& note : result.notes) {
    if (note.find(part) != std::string::npos) return true;
  }
  return false;
}

class FormatMatrix : public testing::TestWithParam<Cell> {};

TEST_P(FormatMatrix, ShowsTheSamePicture) {
  const auto [from, to, channels] = GetParam();
  const Raster original = graphic(48, 37, channels);
  const Bytes file = make(from, original);
  const Raster before = decode(file, from).picture();
  const auto result = optimize(file, {.output_format = to});
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->format, to);
  EXPECT_EQ(result->input_format, from);
  EXPECT_EQ(result->width, 48U);
  EXPECT_EQ(result->height, 37U);
  EXPECT_EQ(result->frames, 1U);
  EXPECT_EQ(sniff(result->bytes.view()), to);

  const Decoded after = decode(result->bytes.view(), to);
  const bool alpha = info(from).alpha && channels == 4;
  const bool flat = alpha && !info(to).alpha;
  EXPECT_EQ(mentions(*result, "transparency"), flat);
  const Raster expected = flat ? flattened(before) : rgba(before);
  const bool exact = info(to).default_quality == 100 || result->decision == Decision::transcoded;
  // Flat shapes with hard edges are the worst case for subsampled chroma.
  EXPECT_GE(psnr(after.picture(), expected), exact && info(from).lossless ? 99 : 24)
      << info(from).name << " to " << info(to).name;
  if (from == to) {
    EXPECT_LE(result->bytes.size(), file.size());
  }
}

TEST_P(FormatMatrix, WithoutLossIsExactOrRefused) {
  const auto [from, to, channels] = GetParam();
  const Bytes file = make(from, graphic(40, 33, channels));
  const Raster before = decode(file, from).picture();
  ImageSettings settings{.output_format = to};
  settings.compression = Compression::lossless;
  const auto result = optimize(file, settings);
  if (!info(to).lossless && from != to) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::unsupported);
    EXPECT_FALSE(result.error().advice().empty());
    return;
  }
  if (!result && to == Format::avif && !exact_avif()) {
    EXPECT_EQ(result.error().code(), ErrorCode::unsupported);
    GTEST_SKIP() << "this libvips writes no exact AVIF, and says so";
  }
  if (!result) {
    // A lossy source has more colours than a palette; nothing else may be rejected here.
    EXPECT_FALSE(info(from).lossless);
    EXPECT_EQ(to, Format::gif);
    EXPECT_EQ(result.error().code(), ErrorCode::unsupported);
    return;
  }
  if (from == Format::jpeg && to == Format::jpegxl) {
    // The JPEG itself is embedded; decoders agree on its picture as far as JPEG requires.
    EXPECT_EQ(result->decision, Decision::transcoded);
    EXPECT_GT(psnr(decode(result->bytes.view(), to).picture(), before), 35);
    return;
  }
  EXPECT_NE(result->decision == Decision::reencoded, from == to);
  EXPECT_EQ(rgba(decode(result->bytes.view(), to).picture()), rgba(before))
      << info(from).name << " to " << info(to).name;
}

std::string name_of_cell(const testing::TestParamInfo<Cell>& cell) {
  return std::string(info(cell.param.from).name) + "To" + std::string(info(cell.param.to).name) +
         (cell.param.channels == 4 ? "WithAlpha" : "");
}

INSTANTIATE_TEST_SUITE_P(All, FormatMatrix, testing::ValuesIn(cells()), name_of_cell);

TEST(Flatten, UsesTheChosenBackground) {
  const Raster original = graphic(40, 40, 4);
  ImageSettings settings{.output_format = Format::jpeg};
  settings.quality.global = 95;
  settings.background = {200, 30, 90};
  const auto result = optimize(make_png(original), settings);
  ASSERT_TRUE(result);
  EXPECT_GE(psnr(decode(result->bytes.view(), Format::jpeg).picture(),
                 flattened(original, settings.background)),
            26);
  EXPECT_TRUE(mentions(*result, "#c81e5a"));
  // A coloured background under grey makes a coloured picture.
  const Raster grey = photo(40, 40, 2);
  const auto coloured = optimize(make_png(grey), settings);
  ASSERT_TRUE(coloured);
  EXPECT_GE(psnr(decode(coloured->bytes.view(), Format::jpeg).picture(),
                 flattened(grey, settings.background)),
            26);
}

TEST(Photos, LookTheSameInEveryFormat) {
  const Raster original = photo(96, 64);
  const Bytes file = make_png(original);
  for (const FormatInfo& row : written_formats()) {
    const auto result = optimize(file, {.output_format = row.format});
    ASSERT_TRUE(result) << row.name;
    EXPECT_GE(psnr(decode(result->bytes.view(), row.format).picture(), original), 26) << row.name;
  }
}

}  // namespace
}  // namespace imgmill
