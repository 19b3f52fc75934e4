// Which metadata is in the output, end to end.
#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/optimize.h"
#include "metadata/exif.h"
#include "metadata/metadata.h"
#include "support/decode.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;

Bytes telling(Format format) {
  const Raster picture = graphic(60, 44);
  const Bytes profile = wide_profile();
  switch (format) {
    case Format::jpeg:
      return make_jpeg(photo(60, 44), {.quality = 97,
                                       .icc = profile,
                                       .exif = exif_block(1),
                                       .xmp = xmp_packet(),
                                       .comment = secret_comment});
    case Format::png:
      return make_png(picture, {.icc = profile, .exif = exif_block(1), .xmp = xmp_packet()});
    case Format::webp:
      return make_webp(picture, {.icc = profile, .exif = exif_block(1), .xmp = xmp_packet()});
    case Format::avif:
      return make_avif(picture, {.icc = profile, .exif = exif_block(1)});
    case Format::gif:
      return make_gif(picture);
    case Format::tiff:
      return make_tiff(picture, {.icc = profile, .copyright = owner});
    case Format::jpegxl:
      return make_jxl(picture, {.icc = profile, .exif = exif_block(1), .xmp = xmp_packet()});
    case Format::heic:
      return make_heic(picture, {.icc = profile, .exif = exif_block(1), .xmp = xmp_packet()});
    case Format::qoi:
      return make_qoi(picture);
    case Format::svg:
      break;  // not one of made_formats()
  }
  return {};
}

bool writes_exif(Format format) {
  return format == Format::jpeg || format == Format::png || format == Format::webp;
}

TEST(Metadata, SecretsGoByDefaultWhateverTheWay) {
  for (const FormatInfo& from : made_formats()) {
    const Bytes file = telling(from.format);
    for (const FormatInfo& to : written_formats()) {
      for (const std::optional<int> quality :
           {std::optional<int>{}, std::optional(60), std::optional(100)}) {
        ImageSettings settings{.output_format = to.format};
        settings.quality.global = quality;
        const auto result = optimize(file, settings);
        ASSERT_TRUE(result) << from.name << " to " << to.name << ": " << result.error().describe();
        for (const auto secret : {secret_place, secret_camera, secret_xmp, secret_comment}) {
          EXPECT_FALSE(holds(result->bytes.view(), secret))
              << from.name << " to " << to.name << ": " << secret;
        }
      }
    }
  }
}

TEST(Metadata, OwnerAndProfileStayByDefault) {
  for (const FormatInfo& from : made_formats()) {
    if (!writes_exif(from.format)) continue;
    const Bytes file = telling(from.format);
    for (const FormatInfo& to : written_formats()) {
      const auto result = optimize(file, {.output_format = to.format});
      ASSERT_TRUE(result);
      if (writes_exif(to.format)) {
        EXPECT_TRUE(holds(result->bytes.view(), owner)) << from.name << " to " << to.name;
        EXPECT_EQ(read_exif(read_metadata(result->bytes.view(), to.format).exif.view()).copyright,
                  owner);
      } else if (!holds(result->bytes.view(), owner)) {
        // Lost, but with a note.
        EXPECT_NE(to.format, Format::avif);
        EXPECT_FALSE(result->notes.empty()) << from.name << " to " << to.name;
      }
      if (to.format == Format::jpegxl) {
        // It describes the same colours in its own way.
        EXPECT_FALSE(decode(result->bytes.view(), to.format).icc.empty());
      } else if (to.profile) {
        EXPECT_EQ(decode(result->bytes.view(), to.format).icc, wide_profile())
            << from.name << " to " << to.name;
      }
    }
  }
}

TEST(Metadata, NothingStaysWhenNothingIsToStay) {
  for (const FormatInfo& from : made_formats()) {
    for (const FormatInfo& to : written_formats()) {
      ImageSettings settings{.output_format = to.format, .keep = Keep::none()};
      const auto result = optimize(telling(from.format), settings);
      ASSERT_TRUE(result);
      EXPECT_FALSE(holds(result->bytes.view(), owner)) << from.name << " to " << to.name;
      EXPECT_FALSE(holds(result->bytes.view(), secret_xmp)) << from.name << " to " << to.name;
    }
  }
}

TEST(Metadata, EverythingStaysWhenEverythingIsToStay) {
  for (const FormatInfo& from : made_formats()) {
    if (!writes_exif(from.format)) continue;
    const Bytes file = telling(from.format);
    for (const FormatInfo& to : written_formats()) {
      if (!writes_exif(to.format)) continue;
      const auto result = optimize(file, {.output_format = to.format, .keep = Keep::all()});
      ASSERT_TRUE(result);
      for (const auto part : {secret_place, secret_camera, secret_xmp, owner}) {
        EXPECT_TRUE(holds(result->bytes.view(), part))
            << from.name << " to " << to.name << ": " << part;
      }
    }
  }
}

TEST(Metadata, TheCommentOfAJpegStaysOnlyWhenAsked) {
  const Bytes file = make_jpeg(photo(60, 44), {.quality = 50, .comment = secret_comment});
  ImageSettings settings;
  settings.keep.comment = true;
  const auto result = optimize(file, settings);
  ASSERT_TRUE(result);
  EXPECT_TRUE(holds(result->bytes.view(), secret_comment));
}

TEST(Metadata, WhatIsTooLargeForJpegStaysOutAndIsTold) {
  const ByteView words = as_bytes(secret_xmp);
  Bytes packet(words.begin(), words.end());
  packet.resize(70'000, std::byte{' '});
  const Bytes file = make_png(photo(60, 44), {.exif = exif_block(1), .xmp = packet});
  const auto result = optimize(file, {.output_format = Format::jpeg, .keep = Keep::all()});
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_FALSE(holds(result->bytes.view(), secret_xmp));
  EXPECT_TRUE(holds(result->bytes.view(), owner)) << "the rest comes along";
  EXPECT_TRUE(std::ranges::any_of(result->notes, [](const std::string& note) {
    return note.starts_with("XMP of 70.0 kB left out");
  }));
}

}  // namespace
}  // namespace imgmill
