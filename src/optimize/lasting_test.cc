// Data kept by default besides the picture: resolution, and how it was made.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "imgmill/optimize.h"
#include "metadata/exif.h"
#include "metadata/metadata.h"
#include "metadata/test_files.h"
#include "metadata/xmp.h"
#include "support/decode.h"
#include "support/make.h"

namespace imgmill {
namespace {

using namespace test;

constexpr double dots = 300;

// The resolution that a reader finds in a file, wherever it is stored.
std::optional<Resolution> resolution_of(ByteView file, Format format) {
  const MetadataBlocks blocks = read_metadata(file, format);
  if (blocks.resolution) return blocks.resolution;
  return read_exif(blocks.exif.view()).resolution;
}

Bytes with_resolution(Format format) {
  const Raster picture = graphic(60, 44);
  const Buffer plain = Buffer::copy_of(format == Format::jpeg ? make_jpeg(picture, {.quality = 97})
                                                              : make(format, picture));
  const Buffer exif = filter_exif({}, Keep{}, 1, false, Resolution{dots, dots});
  NewMetadata told;
  if (format == Format::jpeg || format == Format::png) {
    told.resolution = Resolution{dots, dots};
  } else {
    told.exif = exif.view();
  }
  const auto made = insert_metadata(plain.view(), format, told);
  return {made->view().begin(), made->view().end()};
}

TEST(Resolution, StaysInEveryFormatThatHasAPlaceForIt) {
  for (const Format from : {Format::jpeg, Format::png, Format::webp, Format::jpegxl}) {
    const Bytes file = with_resolution(from);
    ASSERT_TRUE(resolution_of(file, from));
    for (const FormatInfo& to : written_formats()) {
      if (to.format == Format::gif || to.format == Format::qoi) continue;
      for (const std::uint32_t width : {60U, 30U}) {
        SCOPED_TRACE(std::string(info(from).name) + " to " + std::string(to.name) + " at " +
                     std::to_string(width));
        ImageSettings settings{.resize = {.mode = ResizeMode::width, .width = width},
                               .output_format = to.format};
        settings.quality.global = 60;
        const auto result = optimize(file, settings);
        ASSERT_TRUE(result) << result.error().describe();
        const auto found = resolution_of(result->bytes.view(), to.format);
        ASSERT_TRUE(found);
        EXPECT_NEAR(found->x, dots, 0.02);
        EXPECT_NEAR(found->y, dots, 0.02);
      }
    }
  }
}

TEST(Resolution, OfExifAloneStaysWithoutTheRestOfIt) {
  const Bytes plain = make_jpeg(photo(60, 44), {.quality = 97});
  const Buffer exif = filter_exif({}, Keep{}, 1, false, Resolution{dots, 150});
  const auto file =
      insert_metadata(plain, Format::jpeg, {.exif = exif.view(), .xmp = {}, .iptc = {}});
  ASSERT_TRUE(file);
  const auto result = optimize(file->view());
  ASSERT_TRUE(result);
  const auto found = read_exif(read_metadata(result->bytes.view(), Format::jpeg).exif.view());
  EXPECT_EQ(found.resolution, (Resolution{dots, 150}));
}

TEST(Resolution, IsNotInventedWhereNobodyToldOne) {
  for (const FormatInfo& to : written_formats()) {
    if (to.format == Format::svg || to.format == Format::tiff) continue;
    ImageSettings settings{.output_format = to.format};
    const auto result = optimize(make_png(graphic(60, 44)), settings);
    ASSERT_TRUE(result) << result.error().describe();
    EXPECT_FALSE(resolution_of(result->bytes.view(), to.format)) << to.name;
  }
}

Bytes packet_of_ai() {
  const std::string text =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
      "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
      "xmlns:exif='http://ns.adobe.com/exif/1.0/' "
      "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6' "
      "xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' "
      "Iptc4xmpExt:DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/"
      "trainedAlgorithmicMedia'><exif:GPSLatitude>" +
      std::string(secret_place) + "</exif:GPSLatitude></rdf:Description></rdf:RDF></x:xmpmeta>";
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

TEST(MadeByAi, StaysByDefaultWithoutTheRestOfTheXmp) {
  const Raster picture = graphic(60, 44);
  const Bytes xmp = packet_of_ai();
  for (const auto& [format, file] :
       {std::pair{Format::jpeg, make_jpeg(photo(60, 44), {.quality = 97, .xmp = xmp})},
        std::pair{Format::png, make_png(picture, {.xmp = xmp})},
        std::pair{Format::webp, make_webp(picture, {.xmp = xmp})},
        std::pair{Format::jpegxl, make_jxl(picture, {.xmp = xmp})}}) {
    for (const FormatInfo& to : written_formats()) {
      if (to.format == Format::gif || to.format == Format::qoi) continue;
      SCOPED_TRACE(std::string(info(format).name) + " to " + std::string(to.name));
      const auto result = optimize(file, ImageSettings{.output_format = to.format});
      ASSERT_TRUE(result) << result.error().describe();
      EXPECT_TRUE(holds(result->bytes.view(), "trainedAlgorithmicMedia"));
      EXPECT_FALSE(holds(result->bytes.view(), secret_place));
      const auto without =
          optimize(file, ImageSettings{.output_format = to.format, .keep = Keep::none()});
      ASSERT_TRUE(without) << without.error().describe();
      EXPECT_FALSE(holds(without->bytes.view(), "trainedAlgorithmicMedia"));
    }
  }
}

TEST(PngText, ExifInItTurnsNothingBeforeAndNothingAfter) {
  // As ImageMagick writes it: browsers do not read it there.
  const Bytes exif = exif_block(6);
  std::string hex;
  for (const std::byte byte : exif) hex += fmt::format("{:02x}", std::to_integer<int>(byte));
  const std::string text = "Raw profile type exif" + std::string(1, '\0') + "\nexif\n" +
                           std::to_string(exif.size()) + "\n" + hex + "\n";
  const Bytes plain = make_png(graphic(60, 44));
  const std::string chunk = metadata::test::png_chunk_of("tEXt", text);
  Bytes file(plain.begin(), plain.begin() + 33);
  const ByteView put = as_bytes(chunk);
  file.insert(file.end(), put.begin(), put.end());
  file.insert(file.end(), plain.begin() + 33, plain.end());
  for (const Keep& keep : {Keep{}, Keep::all()}) {
    for (const Format to : {Format::png, Format::webp}) {
      const auto result = optimize(file, ImageSettings{.output_format = to, .keep = keep});
      ASSERT_TRUE(result) << result.error().describe();
      EXPECT_EQ(result->width, 60U);
      const MetadataBlocks blocks = read_metadata(result->bytes.view(), to);
      EXPECT_EQ(read_exif(blocks.exif.view()).orientation, 1);
      EXPECT_EQ(holds(result->bytes.view(), secret_place), keep.exif);
    }
  }
}

TEST(XmpOrientation, SaysWhatTheTagSaysOnceThePixelsAreTurned) {
  const Bytes file =
      make_jpeg(photo(60, 44), {.quality = 97, .exif = exif_block(6), .xmp = packet_of_ai()});
  for (const Format to : {Format::webp, Format::png, Format::jpegxl, Format::avif}) {
    const auto result = optimize(file, ImageSettings{.output_format = to, .keep = Keep::all()});
    ASSERT_TRUE(result) << result.error().describe();
    const MetadataBlocks blocks = read_metadata(result->bytes.view(), to);
    EXPECT_EQ(read_xmp(blocks.xmp.view()).orientation, 1) << info(to).name;
    EXPECT_EQ(read_exif(blocks.exif.view()).orientation, 1) << info(to).name;
  }
  // If the pixels stay unchanged, so does the metadata about them.
  const auto same = optimize(file, ImageSettings{.keep = Keep::all()});
  ASSERT_TRUE(same);
  EXPECT_EQ(read_xmp(read_metadata(same->bytes.view(), Format::jpeg).xmp.view()).orientation, 6);
}

}  // namespace
}  // namespace imgmill
