// The structure shared by TIFF files and EXIF blocks (TIFF 6.0, section 2): a header and
// directories of twelve-byte entries.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "imgmill/buffer.h"

namespace imgmill::metadata {

namespace tag {
inline constexpr std::uint16_t image_description = 0x010E, make = 0x010F, model = 0x0110,
                               strip_offsets = 0x0111, orientation = 0x0112,
                               strip_byte_counts = 0x0117, x_resolution = 0x011A,
                               y_resolution = 0x011B, resolution_unit = 0x0128, software = 0x0131,
                               date_time = 0x0132, artist = 0x013B, host_computer = 0x013C,
                               tile_offsets = 0x0144, tile_byte_counts = 0x0145, sub_ifds = 0x014A,
                               jpeg_offset = 0x0201, jpeg_length = 0x0202, xmp = 0x02BC,
                               copyright = 0x8298, iptc = 0x83BB, photoshop = 0x8649,
                               exif_ifd = 0x8769, icc = 0x8773, gps_ifd = 0x8825,
                               maker_note = 0x927C, user_comment = 0x9286, color_space = 0xA001,
                               interop_ifd = 0xA005, dng_version = 0xC612;
/// In the directory that `interop_ifd` points at.
inline constexpr std::uint16_t interop_index = 0x0001;
}  // namespace tag

enum class TiffType : std::uint16_t {
  byte = 1,
  ascii = 2,
  short_ = 3,
  long_ = 4,
  rational = 5,
  ifd = 13
};

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< one past the last
};

struct TiffEntry {
  std::size_t at = 0;  ///< offset of the twelve bytes
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint32_t count = 0;
  std::size_t value_at = 0;
  std::size_t value_size = 0;
  bool sound = false;  ///< the type is known and the value lies inside the block

  [[nodiscard]] bool out_of_line() const { return sound && value_size > 4; }
  [[nodiscard]] Range value_range() const { return {value_at, value_at + value_size}; }
};

struct TiffIfd {
  std::size_t at = 0;
  std::vector<TiffEntry> entries;
  std::size_t next_at = 0;  ///< offset of the pointer to the next directory; 0: missing
  std::uint32_t next = 0;   ///< offset of the next directory; 0: none

  [[nodiscard]] const TiffEntry* find(std::uint16_t tag) const;
  /// Returns the extent of the table itself, including the pointer to the next directory.
  [[nodiscard]] Range range() const;
};

/// A bounds-checked view of a TIFF structure; no offset is trusted. Does not own the bytes.
class TiffView {
 public:
  /// None if `bytes` does not begin with a classic TIFF header.
  [[nodiscard]] static std::optional<TiffView> open(ByteView bytes);

  [[nodiscard]] ByteView bytes() const { return bytes_; }
  [[nodiscard]] bool big_endian() const { return big_endian_; }
  [[nodiscard]] std::uint32_t first() const { return u32(4); }
  /// Unchecked: the bytes must be there.
  [[nodiscard]] std::uint16_t u16(std::size_t at) const;
  [[nodiscard]] std::uint32_t u32(std::size_t at) const;

  /// Returns the directory at `at`, or none if its table is not entirely inside.
  [[nodiscard]] std::optional<TiffIfd> ifd(std::uint32_t at) const;
  /// Returns the directory that entry `pointer` of `parent` points at.
  [[nodiscard]] std::optional<TiffIfd> child(const TiffIfd& parent, std::uint16_t pointer) const;

  /// Empty for an invalid entry.
  [[nodiscard]] ByteView value(const TiffEntry& entry) const;
  /// Returns how many values `number` can return.
  [[nodiscard]] std::size_t numbers(const TiffEntry& entry) const;
  /// Returns BYTE, SHORT and LONG values as numbers; 0 for other types.
  [[nodiscard]] std::uint32_t number(const TiffEntry& entry, std::size_t index = 0) const;

 private:
  TiffView(ByteView bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}
  ByteView bytes_;
  bool big_endian_;
};

/// Zeroes what `doomed` covers and `kept` does not. Ranges may overlap and extend past the end.
/// Returns the zeroed ranges, sorted and disjoint.
std::vector<Range> zero_except(std::span<std::byte> bytes, std::vector<Range> doomed,
                               std::vector<Range> kept);

/// One entry to write; `value` is in the byte order of the block.
struct TiffField {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint32_t count = 0;
  std::vector<std::byte> value;
};

/// Returns a new TIFF structure with one directory, and with EXIF and GPS directories below it if
/// they have fields. Fields are sorted by tag. 26 bytes for one short.
[[nodiscard]] Buffer write_tiff(bool big_endian, std::vector<TiffField> main,
                                std::vector<TiffField> exif = {}, std::vector<TiffField> gps = {});

}  // namespace imgmill::metadata
