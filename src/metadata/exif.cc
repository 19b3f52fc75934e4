#include "metadata/exif.h"

#include <algorithm>
#include <array>
#include <vector>

#include "metadata/bytes.h"
#include "metadata/tiff_view.h"

namespace imgmill {
namespace {

using metadata::Range;
using metadata::TiffEntry;
using metadata::TiffField;
using metadata::TiffIfd;
using metadata::TiffType;
using metadata::TiffView;
namespace tag = metadata::tag;

// A longer name or notice is no name or notice, but something hidden in one.
constexpr std::size_t max_text_bytes = 16 * 1024;

/// The text of an entry without the zeros and blanks at its end.
std::string text_of(const TiffView& tiff, const TiffIfd& ifd, std::uint16_t wanted) {
  const TiffEntry* entry = ifd.find(wanted);
  if (entry == nullptr ||
      (entry->type != static_cast<int>(TiffType::ascii) && entry->type != 129) ||
      entry->value_size > max_text_bytes) {
    return {};
  }
  std::string text(as_text(tiff.value(*entry)));
  const std::size_t last = text.find_last_not_of(std::string_view("\0 \t\r\n", 5));
  text.resize(last == std::string::npos ? 0 : last + 1);
  return text;
}

TiffField text_field(std::uint16_t which, const std::string& text) {
  const ByteView bytes = as_bytes(text);
  TiffField field{which, static_cast<std::uint16_t>(TiffType::ascii), 0,
                  std::vector<std::byte>(bytes.begin(), bytes.end())};
  field.value.push_back(std::byte{0});
  field.count = static_cast<std::uint32_t>(field.value.size());
  return field;
}

TiffField orientation_field(bool big_endian, int orientation) {
  const auto value = static_cast<std::byte>(orientation);
  TiffField field{tag::orientation, static_cast<std::uint16_t>(TiffType::short_), 1, {}};
  field.value = big_endian ? std::vector{std::byte{0}, value} : std::vector{value, std::byte{0}};
  return field;
}

Buffer minimal(ByteView original, const Keep& keep, int orientation,
               std::vector<TiffField> exif_fields = {}) {
  std::vector<TiffField> fields;
  if (keep.orientation && orientation != 1) fields.push_back(orientation_field(false, orientation));
  if (keep.copyright) {
    if (const auto tiff = TiffView::open(original)) {
      if (const auto ifd = tiff->ifd(tiff->first())) {
        for (const std::uint16_t which : {tag::artist, tag::copyright}) {
          const std::string text = text_of(*tiff, *ifd, which);
          if (!text.empty()) fields.push_back(text_field(which, text));
        }
      }
    }
  }
  if (fields.empty() && exif_fields.empty()) return {};
  return metadata::write_tiff(false, std::move(fields), std::move(exif_fields));
}

void add_ranges(const TiffIfd& ifd, std::vector<Range>& ranges) {
  ranges.push_back(ifd.range());
  for (const TiffEntry& entry : ifd.entries) {
    if (entry.out_of_line()) ranges.push_back(entry.value_range());
  }
}

/// Takes away the second directory with all it points at, which is the thumbnail.
/// Everything else stays where it is, because maker notes point by offset.
void drop_thumbnail(const TiffView& tiff, const TiffIfd& main, Buffer& block) {
  if (main.next == 0) return;
  std::vector<Range> kept{{0, 8}};
  add_ranges(main, kept);
  for (const std::uint16_t pointer : {tag::exif_ifd, tag::gps_ifd}) {
    const auto child = tiff.child(main, pointer);
    if (!child) continue;
    add_ranges(*child, kept);
    if (const auto interop = tiff.child(*child, tag::interop_ifd)) add_ranges(*interop, kept);
  }
  std::vector<Range> doomed;
  if (const auto thumbnail = tiff.ifd(main.next)) {
    add_ranges(*thumbnail, doomed);
    constexpr std::array<std::array<std::uint16_t, 2>, 2> places{
        {{tag::jpeg_offset, tag::jpeg_length}, {tag::strip_offsets, tag::strip_byte_counts}}};
    for (const auto& [offsets, sizes] : places) {
      const TiffEntry* offset = thumbnail->find(offsets);
      const TiffEntry* size = thumbnail->find(sizes);
      if (offset == nullptr || size == nullptr) continue;
      const std::size_t count = std::min(tiff.numbers(*offset), tiff.numbers(*size));
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t begin = tiff.number(*offset, i);
        doomed.push_back({begin, begin + tiff.number(*size, i)});
      }
    }
  }
  const auto zeroed = metadata::zero_except(block.writable(), std::move(doomed), std::move(kept));
  std::ranges::fill(block.writable().subspan(main.next_at, 4), std::byte{0});
  for (auto range = zeroed.rbegin(); range != zeroed.rend() && range->end == block.size();
       ++range) {
    block.shrink(range->begin);
  }
}

/// `block` with the orientation tag set; a missing tag is added in a new copy of
/// the directory at the end, where it moves nothing else.
Buffer with_orientation(Buffer block, int orientation) {
  const auto tiff = TiffView::open(block.view());
  const auto ifd = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  if (!ifd) return block;
  const TiffField field = orientation_field(tiff->big_endian(), orientation);
  if (const TiffEntry* entry = ifd->find(tag::orientation)) {
    metadata::ByteWriter fresh;
    const auto put = [&](std::size_t value, bool wide) {
      if (tiff->big_endian()) {
        wide ? fresh.u32be(value) : fresh.u16be(value);
      } else {
        wide ? fresh.u32le(value) : fresh.u16le(value);
      }
    };
    put(field.type, false);
    put(1, true);
    fresh.append(ByteView(field.value));
    fresh.zeros(2);
    std::ranges::copy(fresh.view(), block.writable().subspan(entry->at + 2).begin());
    return block;
  }
  if (orientation == 1) return block;
  metadata::ByteWriter out(block.size() + 12 * ifd->entries.size() + 32);
  out.append(block.view());
  out.zeros(block.size() % 2);
  const std::size_t at = out.size();
  const auto put16 = [&](std::size_t value) {
    tiff->big_endian() ? out.u16be(value) : out.u16le(value);
  };
  const auto put32 = [&](std::size_t value) {
    tiff->big_endian() ? out.u32be(value) : out.u32le(value);
  };
  if (ifd->entries.size() >= 0xFFFF) return block;
  put16(ifd->entries.size() + 1);
  bool written = false;
  const auto write_field = [&] {
    put16(field.tag);
    put16(field.type);
    put32(1);
    out.append(ByteView(field.value));
    out.zeros(2);
    written = true;
  };
  for (const TiffEntry& entry : ifd->entries) {
    if (!written && entry.tag > field.tag) write_field();
    out.append(block.view().subspan(entry.at, 12));
  }
  if (!written) write_field();
  put32(ifd->next);
  Buffer grown = out.take();
  metadata::ByteWriter pointer;
  tiff->big_endian() ? pointer.u32be(at) : pointer.u32le(at);
  std::ranges::copy(pointer.view(), grown.writable().subspan(4).begin());
  return grown;
}

bool says_adobe_rgb(const TiffView& tiff, const TiffIfd& main) {
  const auto exif = tiff.child(main, tag::exif_ifd);
  const TiffEntry* space = exif ? exif->find(tag::color_space) : nullptr;
  if (space == nullptr) return false;
  constexpr std::uint32_t uncalibrated = 0xFFFF;
  constexpr std::uint32_t adobe_rgb = 2;
  const std::uint32_t value = tiff.number(*space);
  if (value != uncalibrated) return value == adobe_rgb;
  const auto interop = tiff.child(*exif, tag::interop_ifd);
  return interop && text_of(tiff, *interop, tag::interop_index) == "R03";
}

}  // namespace

ExifFacts read_exif(ByteView exif) {
  ExifFacts facts;
  const auto tiff = TiffView::open(exif);
  const auto ifd = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  if (!ifd) return facts;
  if (const TiffEntry* entry = ifd->find(tag::orientation)) {
    const std::uint32_t value = tiff->number(*entry);
    if (value >= 1 && value <= 8) facts.orientation = static_cast<int>(value);
  }
  facts.artist = text_of(*tiff, *ifd, tag::artist);
  facts.copyright = text_of(*tiff, *ifd, tag::copyright);
  // EXIF puts the photographer's and the editor's notice into one value with a
  // zero between them.
  std::ranges::replace(facts.copyright, '\0', ';');
  facts.adobe_rgb = says_adobe_rgb(*tiff, *ifd);
  facts.has_gps = ifd->find(tag::gps_ifd) != nullptr;
  if (ifd->next != 0) {
    const auto second = tiff->ifd(ifd->next);
    facts.has_thumbnail = second && (second->find(tag::jpeg_offset) != nullptr ||
                                     second->find(tag::strip_offsets) != nullptr);
  }
  const std::string make = text_of(*tiff, *ifd, tag::make);
  const std::string model = text_of(*tiff, *ifd, tag::model);
  // Many makers repeat their name in the model's.
  const bool repeated = make.empty() || model.starts_with(make);
  facts.camera = repeated ? model : model.empty() ? make : make + " " + model;
  return facts;
}

void say_srgb(Buffer& exif) {
  const auto tiff = TiffView::open(exif.view());
  const auto main = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  const auto child = main ? tiff->child(*main, tag::exif_ifd) : std::nullopt;
  const TiffEntry* space = child ? child->find(tag::color_space) : nullptr;
  if (space == nullptr || !space->sound || tiff->numbers(*space) == 0 || space->value_size != 2) {
    return;
  }
  const auto interop = tiff->child(*child, tag::interop_ifd);
  const TiffEntry* index = interop ? interop->find(tag::interop_index) : nullptr;
  const std::size_t high = tiff->big_endian() ? 0 : 1;
  exif.writable()[space->value_at + high] = std::byte{0};
  exif.writable()[space->value_at + 1 - high] = std::byte{1};
  if (index != nullptr && text_of(*tiff, *interop, tag::interop_index) == "R03") {
    std::ranges::copy(as_bytes("R98"), exif.writable().subspan(index->value_at).begin());
  }
}

Buffer exif_for_adobe_rgb(ByteView original, const Keep& keep, int orientation) {
  TiffField space{tag::color_space,
                  static_cast<std::uint16_t>(TiffType::short_),
                  1,
                  {std::byte{2}, std::byte{0}}};
  return minimal(original, keep, orientation, {std::move(space)});
}

Buffer filter_exif(ByteView original, const Keep& keep, int orientation, bool pixels_changed) {
  if (orientation < 1 || orientation > 8) orientation = 1;
  if (!keep.exif) return minimal(original, keep, orientation);
  const auto tiff = TiffView::open(original);
  const auto ifd = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  // What cannot be read cannot be kept up to date either.
  if (!ifd) return minimal({}, keep, orientation);
  Buffer block = Buffer::copy_of(original);
  if (pixels_changed) drop_thumbnail(*tiff, *ifd, block);
  return with_orientation(std::move(block), orientation);
}

}  // namespace imgmill
