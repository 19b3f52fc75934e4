// Reads the directories of a TIFF's pages, classic and BigTIFF.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "imgmill/buffer.h"

namespace imgmill::tiff {

namespace tag {
inline constexpr std::uint64_t width = 256, height = 257, bits_per_sample = 258, compression = 259,
                               photometric = 262, fill_order = 266, strip_offsets = 273,
                               samples_per_pixel = 277, rows_per_strip = 278,
                               strip_byte_counts = 279, planar_configuration = 284, predictor = 317,
                               tile_width = 322, tile_height = 323, tile_offsets = 324,
                               tile_byte_counts = 325, ink_set = 332, extra_samples = 338,
                               sample_format = 339, jpeg_tables = 347, chroma_subsampling = 530;
}  // namespace tag

namespace compression {
inline constexpr std::uint64_t none = 1, lzw = 5, old_jpeg = 6, jpeg = 7, deflate = 8,
                               packbits = 32773, old_deflate = 32946;
}  // namespace compression

inline constexpr int planes_apart = 2;  ///< of planar_configuration

/// A directory entry of type SHORT.
struct Shorts {
  std::size_t at = 0;  ///< offset of the first
  std::size_t count = 0;
};

/// Integers or bytes that lie inside the file.
struct Field {
  std::uint64_t type = 0;
  std::size_t size = 0;  ///< of one number, bytes
  std::size_t at = 0;    ///< offset of the first
  std::size_t count = 0;
  std::size_t entry = 0;  ///< offset of the directory entry
};

/// Iterates over the pages; no offset is trusted. Refers to the bytes.
class Pages {
 public:
  explicit Pages(ByteView file);

  /// Advances to the next page; returns false if there is none.
  bool next();

  // Of the current page:

  /// Returns where its directory's entries begin; equal offsets reveal a cycle of pages.
  [[nodiscard]] std::size_t at() const { return entries_; }
  /// A field of type SHORT, LONG, LONG8 or UNDEFINED.
  [[nodiscard]] std::optional<Field> field(std::uint64_t tag) const;
  /// At most 64 values of type SHORT.
  [[nodiscard]] std::optional<Shorts> find(std::uint64_t tag) const;
  /// Offsets or sizes, of any integer type; empty if there are none.
  [[nodiscard]] std::vector<std::uint64_t> numbers(std::uint64_t tag) const;
  /// The first value.
  [[nodiscard]] std::uint64_t one(std::uint64_t tag, std::uint64_t otherwise) const;
  [[nodiscard]] int value(const std::optional<Shorts>& shorts, std::size_t index,
                          int otherwise) const;

  [[nodiscard]] bool big_endian() const { return big_endian_; }
  /// True for BigTIFF, which has 64-bit offsets.
  [[nodiscard]] bool wide() const { return wide_; }
  [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t size) const;

 private:
  [[nodiscard]] bool fits(std::uint64_t at, std::uint64_t size) const;

  ByteView file_;
  bool big_endian_ = false;
  bool wide_ = false;
  std::uint64_t next_ = 0;
  std::size_t entries_ = 0;
  std::size_t count_ = 0;
  std::size_t pages_ = 0;
};

}  // namespace imgmill::tiff
