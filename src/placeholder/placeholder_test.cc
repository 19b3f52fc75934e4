#include "imgmill/placeholder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/decode.h"
#include "support/make.h"

namespace imgmill {
namespace {

using ::testing::StartsWith;

std::vector<std::byte> bytes_of_base64(std::string_view text) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::byte> bytes;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    held = held << 6 | static_cast<unsigned>(letters.find(c));
    bits += 6;
    if (bits >= 8) bytes.push_back(static_cast<std::byte>(held >> (bits -= 8) & 0xFF));
  }
  return bytes;
}

/// The upper half red, the lower blue.
test::Raster two_halves(int width, int height, int channels = 3) {
  test::Raster raster(width, height, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      raster.at(x, y, y < height / 2 ? 0 : 2) = 220;
      if (channels == 4) raster.at(x, y, 3) = 255;
    }
  }
  return raster;
}

Placeholder made_of(const test::Bytes& file) {
  auto made = placeholder_of(file);
  if (!made) {
    ADD_FAILURE() << made.error().describe();
    return {};
  }
  return *std::move(made);
}

TEST(Placeholder, TheTinyPictureShowsTheWhole) {
  const Placeholder made = made_of(test::make_png(two_halves(640, 400)));
  EXPECT_EQ(made.width, 640U);
  EXPECT_EQ(made.height, 400U);
  ASSERT_THAT(made.data_uri, StartsWith("data:image/webp;base64,"));
  EXPECT_LE(made.data_uri.size(), Placeholder::longest_data_uri);
  const auto file = bytes_of_base64(std::string_view(made.data_uri).substr(23));
  const test::Raster tiny = test::decode(file, Format::webp).picture();
  EXPECT_EQ(tiny.width, 32);
  EXPECT_EQ(tiny.height, 20);
  EXPECT_GT(tiny.at(16, 2, 0), 150);
  EXPECT_LT(tiny.at(16, 2, 2), 90);
  EXPECT_GT(tiny.at(16, 17, 2), 150);
  EXPECT_LT(tiny.at(16, 17, 0), 90);
  // The row between the halves may be a mixture.
  ASSERT_GE(made.palette.size(), 2U);
  EXPECT_GT(made.palette[0].share + made.palette[1].share, 0.95);
  ASSERT_TRUE(made.dominant.has_value());
  EXPECT_EQ(*made.dominant, made.palette[0].colour);
}

TEST(Placeholder, OrientationIsApplied) {
  test::JpegMake how;
  how.exif = test::exif_block(6, false);  // to be rotated clockwise
  const Placeholder made = made_of(test::make_jpeg(two_halves(640, 400), how));
  EXPECT_EQ(made.width, 400U);
  EXPECT_EQ(made.height, 640U);
  const auto file = bytes_of_base64(std::string_view(made.data_uri).substr(23));
  const test::Raster tiny = test::decode(file, Format::webp).picture();
  ASSERT_EQ(tiny.height, 32);
  // The top becomes the right side.
  EXPECT_GT(tiny.at(tiny.width - 3, 16, 0), 150);
  EXPECT_GT(tiny.at(2, 16, 2), 150);
}

TEST(Placeholder, EveryFormatAndKindHasOne) {
  const test::Raster grey = test::photo(300, 200, 1);
  const test::Raster alpha = test::photo(300, 200, 4);
  const test::Raster wide = test::photo(300, 200, 3, 16);
  const test::Raster pixel = test::photo(1, 1);
  const test::Raster sliver = test::photo(3000, 1);
  for (const test::Bytes& file :
       {test::make_png(grey), test::make_jpeg(grey), test::make_png(alpha), test::make_png(wide),
        test::make_png(pixel), test::make_jpeg(sliver), test::make_webp(alpha),
        test::make_gif(test::graphic(300, 200, 4))}) {
    const Placeholder made = made_of(file);
    EXPECT_LE(made.data_uri.size(), Placeholder::longest_data_uri);
    EXPECT_FALSE(made.thumb_hash.empty());
    EXPECT_EQ(made.blur_hash.size(), 28U);
    EXPECT_FALSE(made.palette.empty());
  }
}

TEST(Placeholder, NothingOpaqueHasNoDominantColour) {
  const Placeholder made = made_of(test::make_png(test::Raster(50, 40, 4)));
  EXPECT_FALSE(made.dominant.has_value());
  EXPECT_FALSE(made.data_uri.empty());
}

TEST(Placeholder, DamageIsTold) {
  test::Bytes file = test::make_png(test::photo(300, 200));
  file.resize(file.size() / 2);
  const auto made = placeholder_of(file);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code(), ErrorCode::bad_input);
}

TEST(Placeholder, LimitsHold) {
  const auto made = placeholder_of(test::make_png(test::photo(300, 200)), {.max_pixels = 1000});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code(), ErrorCode::limit);
}

}  // namespace
}  // namespace imgmill
