// Small test files, built byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/format.h"
#include "metadata/bytes.h"
#include "metadata/metadata.h"
#include "metadata/tiff_view.h"

namespace imgmill::metadata::test {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

// Search strings that only the policy "everything" may keep.
inline constexpr auto gps_secret = "GPSSECRET-52N13E"sv;
inline constexpr auto camera_secret = "ACMECAM-SERIAL-1"sv;
inline constexpr auto comment_secret = "COMMENT-SECRET"sv;
// Unrecognized data, which only the policy "nothing" removes.
inline constexpr auto foreign_data = "NOBODY-KNOWS-WHAT"sv;
inline constexpr auto xmp_packet = "<x:xmpmeta>XMP-SECRET</x:xmpmeta>"sv;
inline constexpr auto iptc_records = "\x1c\x02\x78\0\x0bIPTC-SECRET"sv;
inline constexpr auto owner = "(c) Ada Example"sv;
inline constexpr auto profile = "a profile of colours, as good as any other"sv;

inline std::string text(const Buffer& buffer) { return std::string(as_text(buffer.view())); }
inline bool contains(ByteView bytes, std::string_view part) {
  return as_text(bytes).find(part) != std::string_view::npos;
}

inline TiffField ascii(std::uint16_t tag, std::string_view value) {
  const ByteView bytes = as_bytes(value);
  TiffField field{
      tag, 2, static_cast<std::uint32_t>(value.size() + 1), {bytes.begin(), bytes.end()}};
  field.value.push_back(std::byte{0});
  return field;
}

inline TiffField number(bool big_endian, std::uint16_t tag, std::uint16_t type,
                        std::uint32_t value) {
  ByteWriter out;
  if (type == 3) {
    big_endian ? out.u16be(value) : out.u16le(value);
  } else {
    big_endian ? out.u32be(value) : out.u32le(value);
  }
  return {tag, type, 1, {out.view().begin(), out.view().end()}};
}

/// A camera's EXIF block: orientation 6, owner, make, EXIF and GPS directories.
inline Buffer camera_exif(bool big_endian = false) {
  return write_tiff(big_endian,
                    {number(big_endian, tag::orientation, 3, 6), ascii(tag::copyright, owner),
                     ascii(tag::artist, "Ada"), ascii(tag::make, camera_secret)},
                    {ascii(0xA431, camera_secret)}, {ascii(0x001D, gps_secret)});
}

inline constexpr auto jpeg_scan =
    "\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00"
    "scan\xFF\0tada\xFF\xD0more\xFF\xD1last"sv;

/// Not decodable, but laid out as a baseline JPEG with two scans.
Buffer jpeg_file(std::string_view tail = {}, std::string_view extra_app2 = {});
Buffer png_file();
/// A whole chunk.
std::string png_chunk_of(std::string_view type, std::string_view data);
/// A whole tEXt chunk.
std::string png_text_chunk(std::string_view keyword_and_text);
Buffer webp_file();
Buffer gif_file();
Buffer tiff_file(bool big_endian = false);
Buffer avif_file(bool in_idat = false);
/// In boxes, without a profile, which is part of the codestream.
Buffer jxl_file();
Buffer heic_file();

/// Returns a file of each format with all kinds of metadata it can hold.
Buffer file_of(Format format);

}  // namespace imgmill::metadata::test
