// Adds entries to a TIFF file by rewriting its first directory at the end.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/exif.h"
#include "metadata/tiff_directory.h"
#include "metadata/tiff_view.h"

namespace imgmill::metadata {
namespace {

constexpr std::size_t entry_size = 12;

using RawEntry = std::array<std::byte, entry_size>;

void put(std::span<std::byte> at, std::uint32_t value, std::size_t size, bool big_endian) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t shift = 8 * (big_endian ? size - 1 - i : i);
    at[i] = static_cast<std::byte>(value >> shift & 0xFF);
  }
}

std::uint32_t tag_of(const RawEntry& entry, bool big_endian) {
  return big_endian ? u16be(entry, 0) : u16le(entry, 0);
}

// A file that grows at its end, where values and the new directory are written.
class Appendix {
 public:
  Appendix(ByteView file, bool big_endian)
      : bytes_(file.begin(), file.end()), big_endian_(big_endian) {}

  // Returns an entry whose value is at the end of the file, or in the entry itself.
  [[nodiscard]] RawEntry entry(std::uint16_t tag, TiffType type, ByteView value,
                               std::optional<std::uint32_t> count = std::nullopt) {
    RawEntry raw{};
    put(std::span(raw).subspan(0), tag, 2, big_endian_);
    put(std::span(raw).subspan(2), static_cast<std::uint32_t>(type), 2, big_endian_);
    put(std::span(raw).subspan(4), count.value_or(static_cast<std::uint32_t>(value.size())), 4,
        big_endian_);
    if (value.size() <= 4) {
      std::ranges::copy(value, raw.begin() + 8);
    } else {
      put(std::span(raw).subspan(8), append(value), 4, big_endian_);
    }
    return raw;
  }

  // Returns the offset of `value`; TIFF requires even offsets.
  std::uint32_t append(ByteView value) {
    if (bytes_.size() % 2 != 0) bytes_.push_back(std::byte{0});
    const auto at = static_cast<std::uint32_t>(bytes_.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return at;
  }

  [[nodiscard]] Buffer finish(const std::vector<RawEntry>& entries, std::uint32_t next) {
    std::vector<std::byte> table(2 + entries.size() * entry_size + 4);
    put(table, static_cast<std::uint32_t>(entries.size()), 2, big_endian_);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      std::ranges::copy(entries[i],
                        table.begin() + static_cast<std::ptrdiff_t>(2 + i * entry_size));
    }
    put(std::span(table).last(4), next, 4, big_endian_);
    const std::uint32_t at = append(table);
    put(std::span(bytes_).subspan(4), at, 4, big_endian_);
    return Buffer::adopt(std::move(bytes_));
  }

 private:
  std::vector<std::byte> bytes_;
  bool big_endian_;
};

}  // namespace

Result<Buffer> insert_tiff(ByteView file, const NewMetadata& metadata) {
  const std::optional<TiffView> view = TiffView::open(file);
  const std::optional<TiffIfd> first = view ? view->ifd(view->first()) : std::nullopt;
  if (!first || file.size() > 0xF0000000U) {
    return fail(ErrorCode::unsupported, "this TIFF file has no room for metadata");
  }
  const bool big_endian = view->big_endian();
  const ExifFacts facts = read_exif(metadata.exif);

  Appendix out(file, big_endian);
  std::vector<RawEntry> entries;
  const auto add_text = [&](std::uint16_t tag, const std::string& text) {
    if (text.empty()) return;
    // The count of ASCII values includes the final NUL.
    entries.push_back(
        out.entry(tag, TiffType::ascii, as_bytes(std::string_view(text.c_str(), text.size() + 1))));
  };
  add_text(tag::artist, facts.artist);
  add_text(tag::copyright, facts.copyright);
  if (metadata.resolution) {
    constexpr double denominator = 1000;
    const auto add_rational = [&](std::uint16_t which, double value) {
      std::array<std::byte, 8> bytes{};
      // PNG stores pixels per metre: 300 per inch come back as 299.9994.
      if (std::abs(value - std::round(value)) < 0.01) value = std::round(value);
      put(std::span(bytes), static_cast<std::uint32_t>(std::lround(value * denominator)), 4,
          big_endian);
      put(std::span(bytes).subspan(4), static_cast<std::uint32_t>(denominator), 4, big_endian);
      entries.push_back(out.entry(which, TiffType::rational, bytes, 1));
    };
    add_rational(tag::x_resolution, metadata.resolution->x);
    add_rational(tag::y_resolution, metadata.resolution->y);
    std::array<std::byte, 2> inches{};
    put(std::span(inches), 2, 2, big_endian);
    entries.push_back(out.entry(tag::resolution_unit, TiffType::short_, inches, 1));
  }
  if (!metadata.xmp.empty()) {
    entries.push_back(out.entry(tag::xmp, TiffType::byte, metadata.xmp));
  }
  if (entries.empty()) return Buffer::copy_of(file);

  const auto is_new = [&](std::uint16_t tag) {
    return std::ranges::any_of(
        entries, [&](const RawEntry& entry) { return tag_of(entry, big_endian) == tag; });
  };
  std::vector<RawEntry> old;
  for (const TiffEntry& entry : first->entries) {
    if (is_new(entry.tag)) continue;
    RawEntry raw{};
    std::ranges::copy(file.subspan(entry.at, entry_size), raw.begin());
    old.push_back(raw);
  }
  entries.insert(entries.end(), old.begin(), old.end());
  std::ranges::stable_sort(entries, {},
                           [&](const RawEntry& entry) { return tag_of(entry, big_endian); });
  return out.finish(entries, first->next);
}

}  // namespace imgmill::metadata
