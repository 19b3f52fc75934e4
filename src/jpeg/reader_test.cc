#include "jpeg/reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/optimize.h"
#include "jpeg/encoder.h"
#include "jpeg/quality.h"
#include "support/decode.h"
#include "support/jpeg_kinds.h"

namespace imgmill {
namespace {

using namespace test;

TEST(JpegQuality, IsEstimatedWithinOneForLibjpegTables) {
  const Raster picture = photo(16, 16);
  for (int quality = 30; quality <= 97; ++quality) {
    const Bytes file = make_jpeg(picture, {.quality = quality});
    const auto header = jpeg::read_header(file);
    ASSERT_TRUE(header);
    EXPECT_NEAR(jpeg::estimate_quality(header->luma_steps), quality, 1);
  }
}

TEST(JpegQuality, IsEstimatedWithinOneForOurOwnOutput) {
  const Bytes source = make_png(photo(32, 32));
  for (const Effort effort : {Effort::fast, Effort::balanced}) {
    for (int quality = 30; quality <= 97; ++quality) {
      ImageSettings settings{.output_format = Format::jpeg, .effort = effort};
      settings.quality.global = quality;
      const auto result = optimize(source, settings);
      ASSERT_TRUE(result);
      const auto header = jpeg::read_header(result->bytes.view());
      ASSERT_TRUE(header);
      EXPECT_NEAR(jpeg::estimate_quality(header->luma_steps), quality, 1);
    }
  }
}

TEST(JpegTranscode, KeepsEveryCoefficientOfEveryKindAndSize) {
  for (const JpegKind& kind : jpeg_kinds) {
    for (const auto& [width, height] :
         {std::pair{1, 1}, {2, 3}, {7, 8}, {8, 9}, {15, 17}, {33, 31}, {70, 64}}) {
      SCOPED_TRACE(testing::Message() << kind.name << " " << width << "x" << height);
      const Bytes file = make_jpeg(photo(width, height, kind.channels), kind.how);
      const auto packed = jpeg::repack_jpeg(file);
      ASSERT_TRUE(packed) << packed.error().describe();
      EXPECT_EQ(jpeg_coefficients(packed->view()), jpeg_coefficients(file));
      EXPECT_EQ(decode(packed->view(), Format::jpeg).picture(),
                decode(file, Format::jpeg).picture());
    }
  }
}

TEST(JpegTranscode, CarriesEverySegment) {
  const Bytes file = make_jpeg(photo(40, 40), {.icc = Bytes(70000, std::byte{7}),
                                               .exif = exif_block(6),
                                               .xmp = xmp_packet(),
                                               .comment = secret_comment});
  const auto packed = jpeg::repack_jpeg(file);
  ASSERT_TRUE(packed);
  for (const std::string_view text : {secret_place, secret_camera, secret_xmp, secret_comment}) {
    EXPECT_TRUE(holds(packed->view(), text)) << text;
  }
  EXPECT_EQ(decode(packed->view(), Format::jpeg).icc, Bytes(70000, std::byte{7}));
}

TEST(JpegTranscode, RefusesWhatCannotBeReadForCertain) {
  const Bytes file = make_jpeg(photo(64, 64));
  for (std::size_t cut = 1; cut < 20; ++cut) {
    EXPECT_FALSE(jpeg::repack_jpeg(ByteView(file).first(file.size() * cut / 20))) << cut;
  }
  EXPECT_FALSE(jpeg::repack_jpeg(ByteView(file).first(file.size() - 2)));
}

TEST(JpegDiagnosis, TellsDamageFromStrayBytes) {
  const Bytes file = make_jpeg(photo(64, 64));
  EXPECT_EQ(jpeg::diagnose(file), "");
  Bytes stray = file;
  stray.insert(stray.end() - 2, 5, std::byte{0});
  EXPECT_EQ(jpeg::diagnose(stray), "");
  Bytes many = file;
  many.insert(many.end() - 2, 500, std::byte{0});
  EXPECT_NE(jpeg::diagnose(many), "");
  EXPECT_NE(jpeg::diagnose(ByteView(file).first(file.size() / 2)), "");
}

// `file` without its last `cut` bytes, with any missing end marker added.
Bytes without_end(const Bytes& file, std::size_t cut) {
  return {file.begin(), file.end() - static_cast<std::ptrdiff_t>(cut)};
}

TEST(JpegEndMarker, IsAddedWhereNothingElseIsMissing) {
  for (const JpegKind& kind : jpeg_kinds) {
    SCOPED_TRACE(kind.name);
    const Bytes file = make_jpeg(photo(70, 50, kind.channels), kind.how);
    EXPECT_FALSE(jpeg::with_end_marker(file));
    const auto whole = jpeg::with_end_marker(without_end(file, 2));
    const auto half = jpeg::with_end_marker(without_end(file, 1));
    // Arithmetic coding may omit trailing zeros, so this cannot be determined.
    const bool arithmetic = holds(file, "\xFF\xC9") || holds(file, "\xFF\xCA");
    ASSERT_EQ(whole.has_value(), !arithmetic);
    ASSERT_EQ(half.has_value(), !arithmetic);
    if (arithmetic) continue;
    EXPECT_TRUE(std::ranges::equal(whole->view(), file));
    EXPECT_TRUE(std::ranges::equal(half->view(), file));
  }
}

TEST(JpegEndMarker, IsNotAddedToDataThatWasCut) {
  for (const JpegKind& kind : jpeg_kinds) {
    SCOPED_TRACE(kind.name);
    const Bytes file = make_jpeg(photo(70, 50, kind.channels), kind.how);
    // From the last byte of the last scan to the first bytes of the file.
    for (std::size_t cut = 3; cut <= file.size(); ++cut) {
      ASSERT_FALSE(jpeg::with_end_marker(without_end(file, cut))) << cut;
    }
  }
}

TEST(JpegEndMarker, TrailersDoNotHideIt) {
  Bytes file = make_jpeg(photo(70, 50));
  file.insert(file.end(), 5000, std::byte{0x20});
  EXPECT_FALSE(jpeg::with_end_marker(file));
  // A preview in the file's header has its own end marker.
  const Bytes preview = make_jpeg(photo(16, 16));
  Bytes exif = exif_block(6);
  exif.insert(exif.end(), preview.begin(), preview.end());
  const Bytes with_preview = make_jpeg(photo(70, 50), {.exif = exif});
  EXPECT_TRUE(jpeg::with_end_marker(without_end(with_preview, 2)));
}

TEST(JpegReader, NoBytesAreNoJpeg) {
  const Bytes file = make_jpeg(photo(8, 8), {});
  for (const ByteView nothing : {ByteView(), ByteView(file).first(0)}) {
    EXPECT_EQ(jpeg::read_header(nothing).error().code(), ErrorCode::bad_input);
    EXPECT_EQ(jpeg::read_picture(nothing).error().code(), ErrorCode::bad_input);
    EXPECT_EQ(jpeg::decode_pixels(nothing).error().code(), ErrorCode::bad_input);
    EXPECT_NE(jpeg::diagnose(nothing), "");
  }
}

}  // namespace
}  // namespace imgmill
