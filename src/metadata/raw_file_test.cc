#include "metadata/raw_file.h"

#include <gtest/gtest.h>

#include "imgmill/optimize.h"
#include "metadata/test_files.h"
#include "support/make.h"

namespace imgmill::metadata::test {
namespace {

constexpr std::uint16_t photometric = 0x0106, compression = 0x0103;

// Builds a thumbnail with a sensor picture in a directory below it, as cameras write it.
Buffer raw_tiff(std::string_view make, std::uint16_t which, std::uint32_t value, bool big_endian) {
  const Buffer below = write_tiff(big_endian, {number(big_endian, which, 3, value)});
  // The directory of `below` begins at offset 8 of its own block, which is appended to the first
  // one.
  std::vector<TiffField> fields{number(big_endian, 0x0100, 4, 160),
                                number(big_endian, 0x0101, 4, 120), ascii(tag::make, make),
                                number(big_endian, tag::sub_ifds, 4, 0)};
  const std::size_t first = write_tiff(big_endian, fields).size();
  fields.back() = number(big_endian, tag::sub_ifds, 4, static_cast<std::uint32_t>(first));
  ByteWriter out;
  out.append(write_tiff(big_endian, fields).view());
  out.append(below.view().subspan(8));
  return out.take();
}

TEST(RawFile, IsToldByWhatOnlySensorsWriteWhateverTheByteOrder) {
  for (const bool big_endian : {false, true}) {
    EXPECT_EQ(camera_raw(raw_tiff("NIKON CORPORATION", photometric, 32803, big_endian).view()),
              "Nikon raw file (NEF)");
    EXPECT_EQ(camera_raw(raw_tiff("SONY", compression, 32767, big_endian).view()),
              "Sony raw file (ARW)");
    EXPECT_EQ(camera_raw(raw_tiff("Somebody", photometric, 34892, big_endian).view()),
              "camera raw file");
    const Buffer dng =
        write_tiff(big_endian, {number(big_endian, tag::dng_version, 4, 0x01040000)});
    EXPECT_EQ(camera_raw(dng.view()), "raw file (DNG)");
  }
}

TEST(RawFile, IsToldByItsMagicNumber) {
  EXPECT_EQ(camera_raw(as_bytes("FUJIFILMCCD-RAW 0201"sv)), "Fujifilm raw file (RAF)");
  EXPECT_EQ(camera_raw(as_bytes("IIU\0\x18\0\0\0"sv)), "Panasonic or Leica raw file (RW2)");
  EXPECT_EQ(camera_raw(as_bytes("IIRO\x08\0\0\0"sv)), "Olympus raw file (ORF)");
  EXPECT_EQ(camera_raw(as_bytes("II*\0\x10\0\0\0CR\2\0"sv)), "Canon raw file (CR2)");
  EXPECT_EQ(camera_raw(as_bytes("II*\0\x08\0\0\0IIIITwaR"sv)), "Phase One raw file (IIQ)");
  EXPECT_EQ(camera_raw(as_bytes("\0\0\0\x18"
                                "ftypcrx \0\0\0\1"sv)),
            "Canon raw file (CR3)");
}

TEST(RawFile, OtherPicturesAreNone) {
  using imgmill::test::make;
  for (const FormatInfo& format : imgmill::test::made_formats()) {
    const auto file = make(format.format, imgmill::test::graphic(20, 16));
    EXPECT_FALSE(camera_raw(file)) << format.name;
  }
  EXPECT_FALSE(camera_raw(tiff_file().view()));
  // CR indicates a raw file only after a TIFF header.
  EXPECT_FALSE(camera_raw(as_bytes("12345678CR\2\0"sv)));
  EXPECT_FALSE(camera_raw({}));
}

TEST(RawFile, IsReadNeitherBeyondItsEndNorInCircles) {
  const Buffer file = raw_tiff("NIKON", photometric, 32803, false);
  for (std::size_t size = 0; size <= file.size(); ++size) {
    (void)camera_raw(file.view().first(size));
  }
  // A directory that is its own child.
  std::vector<TiffField> fields{number(false, tag::sub_ifds, 4, 8)};
  EXPECT_FALSE(camera_raw(write_tiff(false, fields).view()));
}

TEST(RawFile, IsRefusedAndSaysWhatToDo) {
  const Buffer file = raw_tiff("NIKON CORPORATION", photometric, 32803, false);
  ImageSettings settings{.keep = Keep::all()};
  settings.compression = Compression::lossless;
  for (const auto format : {std::optional<Format>{}, std::optional(Format::webp)}) {
    settings.output_format = format;
    const auto result = optimize(file.view(), settings);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::unsupported);
    EXPECT_NE(result.error().describe().find("Nikon raw file"), std::string::npos);
    EXPECT_NE(result.error().advice().find("raw converter"), std::string::npos);
  }
}

}  // namespace
}  // namespace imgmill::metadata::test
