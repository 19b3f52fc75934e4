#include "codecs/tiff_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "codecs/tiff_pages.h"
#include "codecs/tiff_pieces.h"
#include "jpeg/reader.h"
#include "metadata/bytes.h"

namespace imgmill {
namespace {

using tiff::Pages;
namespace tag = tiff::tag;
namespace compression = tiff::compression;

constexpr std::uint64_t photometric_ycbcr = 6;
constexpr std::uint64_t low_bits_first = 2;  // of fill_order

// The strips or tiles of a page.
struct Layout {
  bool tiles = false;
  std::uint64_t rows_left = 0;       ///< in the last strip
  std::uint64_t rows = 0;            ///< in the other strips, or in every tile
  std::uint64_t row_bytes = 0;       ///< of one row of a piece; 0: unknown
  std::uint64_t pieces_a_plane = 1;  ///< strips per plane

  /// Returns the unpacked size of piece `index`; none if unknown.
  [[nodiscard]] std::optional<std::uint64_t> size_of(std::size_t index) const {
    if (row_bytes == 0) return std::nullopt;
    const bool last = !tiles && (index + 1) % pieces_a_plane == 0;
    return row_bytes * (last ? rows_left : rows);
  }
  [[nodiscard]] std::uint64_t most() const { return row_bytes * rows; }
};

Layout layout_of(const Pages& page, std::uint64_t code) {
  Layout layout;
  layout.tiles = page.field(tag::tile_offsets).has_value();
  const std::uint64_t width = page.one(tag::width, 0);
  const std::uint64_t height = page.one(tag::height, 0);
  const std::uint64_t across = layout.tiles ? page.one(tag::tile_width, 0) : width;
  layout.rows =
      std::min(layout.tiles ? page.one(tag::tile_height, 0) : page.one(tag::rows_per_strip, height),
               layout.tiles ? std::numeric_limits<std::uint32_t>::max() : height);
  if (layout.rows == 0 || height == 0 || code == compression::jpeg) return layout;
  layout.pieces_a_plane = (height + layout.rows - 1) / layout.rows;
  layout.rows_left = height - (layout.pieces_a_plane - 1) * layout.rows;
  // Chroma may be subsampled, and channels may differ in depth.
  if (page.one(tag::photometric, 0) == photometric_ycbcr) return layout;
  const std::vector<std::uint64_t> bits = page.numbers(tag::bits_per_sample);
  const std::uint64_t depth = bits.empty() ? 1 : bits.front();
  if (std::ranges::any_of(bits, [&](std::uint64_t other) { return other != depth; })) return layout;
  const std::uint64_t samples = page.one(tag::samples_per_pixel, 1);
  const bool apart = page.one(tag::planar_configuration, 1) == tiff::planes_apart;
  constexpr std::uint64_t sane = std::uint64_t{1} << 32;
  if (across < sane && samples < 65536 && depth <= 64) {
    layout.row_bytes = (across * (apart ? 1 : samples) * depth + 7) / 8;
  }
  return layout;
}

// Builds a complete JPEG from `piece` and the tables shared by all pieces (Technical Note 2).
std::vector<std::byte> whole_jpeg(ByteView tables, ByteView piece) {
  std::vector<std::byte> jpeg;
  if (tables.size() > 4) jpeg.assign(tables.begin(), tables.end() - 2);
  const ByteView rest =
      jpeg.empty() ? piece : piece.subspan(std::min<std::size_t>(2, piece.size()));
  jpeg.insert(jpeg.end(), rest.begin(), rest.end());
  return jpeg;
}

class Page {
 public:
  Page(ByteView file, const Pages& page)
      : file_(file),
        code_(page.one(tag::compression, compression::none)),
        layout_(layout_of(page, code_)),
        old_lzw_(page.one(tag::fill_order, 1) == low_bits_first) {
    offsets_ = page.numbers(layout_.tiles ? tag::tile_offsets : tag::strip_offsets);
    sizes_ = page.numbers(layout_.tiles ? tag::tile_byte_counts : tag::strip_byte_counts);
    if (const auto tables = page.field(tag::jpeg_tables); tables && code_ == compression::jpeg) {
      tables_ = file.subspan(tables->at, tables->count * tables->size);
    }
  }

  [[nodiscard]] std::string damage() const {
    // Old-style JPEG stores pieces in non-standard ways.
    if (code_ == compression::old_jpeg) return {};
    const std::string_view name = layout_.tiles ? "tile" : "strip";
    for (std::size_t i = 0; i < std::min(offsets_.size(), sizes_.size()); ++i) {
      if (sizes_[i] == 0) continue;  // a hole, which readers fill
      if (!metadata::fits(file_, offsets_[i], sizes_[i])) {
        return fmt::format("{} {} lies behind the end of the file", name, i);
      }
      const auto begin = static_cast<std::size_t>(offsets_[i]);
      const ByteView piece = file_.subspan(begin, static_cast<std::size_t>(sizes_[i]));
      if (!is_whole(piece, i)) return fmt::format("{} {} is broken", name, i);
    }
    return {};
  }

 private:
  [[nodiscard]] bool is_whole(ByteView piece, std::size_t index) const {
    std::optional<std::uint64_t> comes_to;
    switch (code_) {
      case compression::lzw:
        // LZW from before TIFF 5.0 begins like this.
        if (old_lzw_ || (metadata::u8(piece, 0) == 0 && piece.size() > 1 &&
                         (metadata::u8(piece, 1) & 1) != 0)) {
          return true;
        }
        comes_to = tiff::unpacked_by_lzw(piece);
        break;
      case compression::deflate:
      case compression::old_deflate:
        comes_to = tiff::unpacked_by_deflate(piece);
        break;
      case compression::packbits:
        comes_to = tiff::unpacked_by_packbits(piece);
        break;
      case compression::jpeg: {
        const std::vector<std::byte> jpeg = whole_jpeg(tables_, piece);
        // A JPEG that cannot be parsed at all is rejected by the engine.
        return !jpeg::read_header(jpeg) || jpeg::diagnose(jpeg, jpeg::StrayBytes::refuse).empty();
      }
      case compression::none:
        comes_to = piece.size();
        break;
      default:
        return true;
    }
    if (!comes_to) return false;
    const auto wanted = layout_.size_of(index);
    if (!wanted) return true;
    if (code_ == compression::none) return *comes_to >= *wanted;
    // Some writers pad the last strip to full height.
    return *comes_to == *wanted || *comes_to == layout_.most();
  }

  ByteView file_;
  std::uint64_t code_;
  Layout layout_;
  bool old_lzw_;
  std::vector<std::uint64_t> offsets_;
  std::vector<std::uint64_t> sizes_;
  ByteView tables_;
};

}  // namespace

std::string tiff_damage(ByteView file) {
  constexpr std::size_t header = 8;
  if (file.size() < header) return {};
  Pages pages(file);
  std::set<std::size_t> seen;
  while (pages.next() && seen.insert(pages.at()).second) {
    if (std::string damage = Page(file, pages).damage(); !damage.empty()) return damage;
  }
  return {};
}

}  // namespace imgmill
