#include "metadata/tiff_view.h"

#include <algorithm>
#include <array>

#include "metadata/bytes.h"

namespace imgmill::metadata {

using std::string_view_literals::operator""sv;

namespace {

/// Bytes per value by type; index 13 is IFD, 129 (UTF-8, EXIF 3.0) is handled separately.
std::size_t type_size(std::uint16_t type) {
  constexpr std::array<std::uint8_t, 14> sizes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
  if (type == 129) return 1;
  return type < sizes.size() ? sizes[type] : 0;
}

std::vector<Range> merged(std::vector<Range> ranges, std::size_t size) {
  for (Range& range : ranges) {
    range.end = std::min(range.end, size);
    range.begin = std::min(range.begin, range.end);
  }
  std::ranges::sort(ranges, {}, &Range::begin);
  std::vector<Range> result;
  for (const Range& range : ranges) {
    if (range.begin == range.end) continue;
    if (!result.empty() && range.begin <= result.back().end) {
      result.back().end = std::max(result.back().end, range.end);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

}  // namespace

const TiffEntry* TiffIfd::find(std::uint16_t tag) const {
  const auto found = std::ranges::find(entries, tag, &TiffEntry::tag);
  return found == entries.end() ? nullptr : &*found;
}

Range TiffIfd::range() const {
  return {at, next_at != 0 ? next_at + 4 : at + 2 + 12 * entries.size()};
}

std::optional<TiffView> TiffView::open(ByteView bytes) {
  if (bytes.size() < 8) return std::nullopt;
  if (starts_with(bytes, "II*\0"sv)) return TiffView(bytes, false);
  if (starts_with(bytes, "MM\0*"sv)) return TiffView(bytes, true);
  return std::nullopt;
}

std::uint16_t TiffView::u16(std::size_t at) const {
  return big_endian_ ? u16be(bytes_, at) : u16le(bytes_, at);
}

std::uint32_t TiffView::u32(std::size_t at) const {
  return big_endian_ ? u32be(bytes_, at) : u32le(bytes_, at);
}

std::optional<TiffIfd> TiffView::ifd(std::uint32_t at) const {
  if (at < 8 || !fits(bytes_, at, 2)) return std::nullopt;
  const std::size_t count = u16(at);
  if (!fits(bytes_, at + std::size_t{2}, 12 * count)) return std::nullopt;
  TiffIfd result;
  result.at = at;
  result.entries.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    TiffEntry entry;
    entry.at = at + 2 + 12 * i;
    entry.tag = u16(entry.at);
    entry.type = u16(entry.at + 2);
    entry.count = u32(entry.at + 4);
    const std::uint64_t size = std::uint64_t{entry.count} * type_size(entry.type);
    entry.value_at = size <= 4 ? entry.at + 8 : u32(entry.at + 8);
    entry.sound = type_size(entry.type) != 0 && fits(bytes_, entry.value_at, size);
    entry.value_size = entry.sound ? static_cast<std::size_t>(size) : 0;
    result.entries.push_back(entry);
  }
  // Some blocks end with their last entry and lack the pointer.
  if (const std::size_t next_at = at + 2 + 12 * count; fits(bytes_, next_at, 4)) {
    result.next_at = next_at;
    result.next = u32(next_at);
  }
  return result;
}

std::optional<TiffIfd> TiffView::child(const TiffIfd& parent, std::uint16_t pointer) const {
  const TiffEntry* entry = parent.find(pointer);
  return entry == nullptr ? std::nullopt : ifd(number(*entry));
}

ByteView TiffView::value(const TiffEntry& entry) const {
  return entry.sound ? bytes_.subspan(entry.value_at, entry.value_size) : ByteView{};
}

std::size_t TiffView::numbers(const TiffEntry& entry) const {
  return entry.sound ? entry.count : 0;
}

std::uint32_t TiffView::number(const TiffEntry& entry, std::size_t index) const {
  if (index >= numbers(entry)) return 0;
  switch (static_cast<TiffType>(entry.type)) {
    case TiffType::byte:
      return u8(bytes_, entry.value_at + index);
    case TiffType::short_:
      return u16(entry.value_at + 2 * index);
    case TiffType::long_:
    case TiffType::ifd:
      return u32(entry.value_at + 4 * index);
    default:
      return 0;
  }
}

std::vector<Range> zero_except(std::span<std::byte> bytes, std::vector<Range> doomed,
                               std::vector<Range> kept) {
  doomed = merged(std::move(doomed), bytes.size());
  kept = merged(std::move(kept), bytes.size());
  std::vector<Range> zeroed;
  auto keep = kept.begin();
  for (Range range : doomed) {
    while (keep != kept.end() && keep->end <= range.begin) ++keep;
    for (auto over = keep; range.begin < range.end; ++over) {
      const bool last = over == kept.end() || over->begin >= range.end;
      const Range gone{range.begin, last ? range.end : std::max(over->begin, range.begin)};
      if (gone.begin < gone.end) zeroed.push_back(gone);
      if (last) break;
      range.begin = over->end;
    }
  }
  for (const Range& range : zeroed) {
    std::ranges::fill(bytes.subspan(range.begin, range.end - range.begin), std::byte{0});
  }
  return zeroed;
}

Buffer write_tiff(bool big_endian, std::vector<TiffField> main, std::vector<TiffField> exif,
                  std::vector<TiffField> gps) {
  ByteWriter out;
  const auto short_ = [&](std::size_t value) { big_endian ? out.u16be(value) : out.u16le(value); };
  const auto long_ = [&](std::size_t value) { big_endian ? out.u32be(value) : out.u32le(value); };
  const auto padded = [](std::size_t size) { return size + size % 2; };  // values are word-aligned
  const auto ifd_size = [&](const std::vector<TiffField>& fields) {
    std::size_t size = 2 + 12 * fields.size() + 4;
    for (const TiffField& field : fields) {
      if (field.value.size() > 4) size += padded(field.value.size());
    }
    return size;
  };
  const auto pointer = [&](std::uint16_t tag) {
    main.push_back({tag, static_cast<std::uint16_t>(TiffType::long_), 1,
                    std::vector<std::byte>(4)});  // its value is set below
  };
  if (!exif.empty()) pointer(tag::exif_ifd);
  if (!gps.empty()) pointer(tag::gps_ifd);
  const std::size_t exif_at = 8 + ifd_size(main);
  const std::size_t gps_at = exif_at + (exif.empty() ? 0 : ifd_size(exif));

  const auto directory = [&](std::vector<TiffField>& fields) {
    std::ranges::sort(fields, {}, &TiffField::tag);
    std::size_t value_at = out.size() + 2 + 12 * fields.size() + 4;
    short_(fields.size());
    for (const TiffField& field : fields) {
      short_(field.tag);
      short_(field.type);
      long_(field.count);
      if (&fields == &main && field.tag == tag::exif_ifd) {
        long_(exif_at);
      } else if (&fields == &main && field.tag == tag::gps_ifd) {
        long_(gps_at);
      } else if (field.value.size() > 4) {
        long_(value_at);
        value_at += padded(field.value.size());
      } else {
        out.append(ByteView(field.value));
        out.zeros(4 - field.value.size());
      }
    }
    long_(0);
    for (const TiffField& field : fields) {
      if (field.value.size() <= 4) continue;
      out.append(ByteView(field.value));
      out.zeros(field.value.size() % 2);
    }
  };
  out.append(big_endian ? "MM\0*"sv : "II*\0"sv);
  long_(8);
  directory(main);
  if (!exif.empty()) directory(exif);
  if (!gps.empty()) directory(gps);
  return out.take();
}

}  // namespace imgmill::metadata
