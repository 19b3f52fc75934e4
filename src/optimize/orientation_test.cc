// Pictures stay upright, by tag or by rotated pixels.
#include <gtest/gtest.h>

#include "imgmill/optimize.h"
#include "metadata/exif.h"
#include "metadata/metadata.h"
#include "support/decode.h"

namespace imgmill {
namespace {

using namespace test;

Bytes tagged(Format format, const Raster& picture, int orientation) {
  switch (format) {
    case Format::jpeg:
      return make_jpeg(picture, {.quality = 97, .exif = exif_block(orientation)});
    case Format::png:
      return make_png(picture, {.exif = exif_block(orientation)});
    case Format::webp:
      return make_webp(picture, {.exif = exif_block(orientation)});
    default:
      return make_tiff(picture, {.orientation = orientation});
  }
}

int tag_of(ByteView file, Format format) {
  if (format == Format::tiff) return decode(file, format).orientation;
  return read_exif(read_metadata(file, format).exif.view()).orientation;
}

// As shown by a viewer that supports the tag.
Raster seen(ByteView file, Format format) {
  return turned(rgba(decode(file, format).picture()), tag_of(file, format));
}

class Orientation : public testing::TestWithParam<std::tuple<Format, int>> {};

TEST_P(Orientation, ReencodedPixelsAreUprightAndTheTagIsGone) {
  const auto [format, orientation] = GetParam();
  const Bytes file = tagged(format, photo(52, 37), orientation);
  const Raster expected = seen(file, format);
  ImageSettings settings;
  settings.quality.global = 75;
  settings.output_format = format == Format::jpeg ? Format::webp : Format::jpeg;
  const auto converted = optimize(file, settings);
  ASSERT_TRUE(converted) << converted.error().describe();
  EXPECT_EQ(tag_of(converted->bytes.view(), converted->format), 1);
  EXPECT_EQ(static_cast<int>(converted->width), expected.width);
  EXPECT_EQ(static_cast<int>(converted->height), expected.height);
  EXPECT_GT(psnr(decode(converted->bytes.view(), converted->format).picture(), expected), 25);

  // Even if all EXIF is kept: with the tag carried over it would be rotated twice.
  settings.keep = Keep::all();
  const auto kept = optimize(file, settings);
  ASSERT_TRUE(kept);
  EXPECT_EQ(tag_of(kept->bytes.view(), kept->format), 1);
}

TEST_P(Orientation, SameFormatLooksAsBeforeWhateverIsKept) {
  const auto [format, orientation] = GetParam();
  const Bytes file = tagged(format, photo(52, 37), orientation);
  const Raster expected = seen(file, format);
  for (const Keep& keep : {Keep{}, Keep::all(), Keep::none()}) {
    for (const std::optional<int> quality :
         {std::optional<int>{}, std::optional(70), std::optional(100)}) {
      ImageSettings settings{.keep = keep};
      settings.quality.global = quality;
      const auto result = optimize(file, settings);
      ASSERT_TRUE(result) << result.error().describe();
      EXPECT_GT(psnr(seen(result->bytes.view(), format), expected), 25)
          << "quality " << quality.value_or(0) << " keep.exif " << keep.exif;
      if (result->decision == Decision::reencoded) {
        // A JPEG is not decoded to pixels, so it is not rotated either.
        EXPECT_EQ(tag_of(result->bytes.view(), format), format == Format::jpeg ? orientation : 1);
      }
      const Raster stored = decode(result->bytes.view(), format).picture();
      EXPECT_EQ(static_cast<int>(result->width), stored.width);
      EXPECT_EQ(static_cast<int>(result->height), stored.height);
    }
  }
}

TEST_P(Orientation, WithoutLossTheTagStays) {
  const auto [format, orientation] = GetParam();
  if (format == Format::tiff) return;  // its pixels are rotated instead
  const Bytes file = tagged(format, photo(52, 37), orientation);
  for (const Keep& keep : {Keep{}, Keep::none()}) {
    ImageSettings settings{.keep = keep};
    settings.compression = Compression::lossless;
    const auto result = optimize(file, settings);
    ASSERT_TRUE(result);
    EXPECT_EQ(tag_of(result->bytes.view(), format), orientation);
    EXPECT_EQ(decode(result->bytes.view(), format).picture(), decode(file, format).picture());
  }
}

TEST_P(Orientation, ResizeMeansTheUprightPicture) {
  const auto [format, orientation] = GetParam();
  const Bytes file = tagged(format, photo(80, 40), orientation);
  ImageSettings settings;
  settings.resize = {.mode = ResizeMode::width, .width = 20};
  const auto result = optimize(file, settings);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->width, 20U);
  EXPECT_EQ(result->height, orientation >= 5 ? 40U : 10U);
  const Raster expected = shrunk(seen(file, format), orientation >= 5 ? 2 : 4);
  EXPECT_GT(psnr(decode(result->bytes.view(), format).picture(), expected), 20);
  EXPECT_EQ(tag_of(result->bytes.view(), format), 1);
}

INSTANTIATE_TEST_SUITE_P(All, Orientation,
                         testing::Combine(testing::Values(Format::jpeg, Format::png, Format::webp,
                                                          Format::tiff),
                                          testing::Range(1, 9)));

}  // namespace
}  // namespace imgmill
