#include "metadata/exif.h"

#include <algorithm>
#include <array>
#include <cmath>
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

// A longer name or notice is treated as hidden data, not as text.
constexpr std::size_t max_text_bytes = 16 * 1024;

/// Returns the text of an entry without trailing zeros and blanks.
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

// A little-endian rational: dots per inch to a hundredth.
TiffField rational_field(std::uint16_t which, double value) {
  constexpr double denominator = 100;
  // PNG stores pixels per metre: 300 per inch come back as 299.9994.
  const bool whole = std::abs(value - std::round(value)) < 0.01;
  metadata::ByteWriter out(8);
  out.u32le(static_cast<std::size_t>(std::lround(whole ? value : value * denominator)));
  out.u32le(whole ? 1 : static_cast<std::size_t>(denominator));
  return {which,
          static_cast<std::uint16_t>(TiffType::rational),
          1,
          {out.view().begin(), out.view().end()}};
}

void add_resolution(std::vector<TiffField>& fields, const Resolution& resolution) {
  constexpr double most = 1e6;
  if (!(resolution.x > 0) || !(resolution.y > 0) || resolution.x > most || resolution.y > most) {
    return;
  }
  fields.push_back(rational_field(tag::x_resolution, resolution.x));
  fields.push_back(rational_field(tag::y_resolution, resolution.y));
  fields.push_back({tag::resolution_unit,
                    static_cast<std::uint16_t>(TiffType::short_),
                    1,
                    {std::byte{2}, std::byte{0}}});  // inches
}

Buffer minimal(ByteView original, const Keep& keep, int orientation,
               const std::optional<Resolution>& resolution,
               std::vector<TiffField> exif_fields = {}) {
  std::vector<TiffField> fields;
  if (resolution) add_resolution(fields, *resolution);
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

/// Removes the second directory and everything it points at, which is the thumbnail. Nothing else
/// moves, because maker notes use absolute offsets.
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

/// Returns `block` with the orientation tag set. A missing tag is added to a copy of the directory
/// at the end, so that nothing else moves.
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

// The resolution in a directory, if it differs from EXIF's default.
std::optional<Resolution> resolution_of(const TiffView& tiff, const TiffIfd& ifd) {
  constexpr double usual = 72;
  constexpr double inch = 2.54;
  const auto rational = [&](std::uint16_t which) {
    const TiffEntry* entry = ifd.find(which);
    if (entry == nullptr || !entry->sound || entry->value_size < 8 ||
        entry->type != static_cast<int>(TiffType::rational)) {
      return 0.0;
    }
    const double below = tiff.u32(entry->value_at + 4);
    return below == 0 ? 0.0 : tiff.u32(entry->value_at) / below;
  };
  const TiffEntry* unit = ifd.find(tag::resolution_unit);
  const std::uint32_t unit_code = unit == nullptr ? 2 : tiff.number(*unit);
  if (unit_code != 2 && unit_code != 3) return std::nullopt;
  const double factor = unit_code == 3 ? inch : 1;
  const Resolution found{rational(tag::x_resolution) * factor,
                         rational(tag::y_resolution) * factor};
  if (!(found.x > 0) || !(found.y > 0) || found == Resolution{usual, usual}) return std::nullopt;
  return found;
}

bool says_something(const TiffView& tiff, const TiffEntry& entry) {
  const std::string_view blank("\0 \t\r\n", 5);
  const std::string_view value = as_text(tiff.value(entry));
  // UserComment begins with an 8-byte character code.
  const std::size_t from =
      entry.tag == tag::user_comment ? std::min<std::size_t>(8, value.size()) : 0;
  return value.find_first_not_of(blank, from) != std::string_view::npos;
}

PrivateData privacy_of(const TiffView& tiff, const TiffIfd& main) {
  constexpr std::array comments = {tag::image_description, std::uint16_t{0x9C9B},
                                   std::uint16_t{0x9C9C},  std::uint16_t{0x9C9D},
                                   std::uint16_t{0x9C9E},  std::uint16_t{0x9C9F}};
  // Owner, body, lens; maker notes have them under other numbers.
  constexpr std::array<std::uint16_t, 4> serials = {0xA430, 0xA431, 0xA435, tag::maker_note};
  PrivateData found;
  for (const TiffEntry& entry : main.entries) {
    if (std::ranges::find(comments, entry.tag) != comments.end()) {
      found.comment = found.comment || says_something(tiff, entry);
    }
    if (entry.tag == 0xC62F) found.serial = true;
  }
  if (const auto child = tiff.child(main, tag::exif_ifd)) {
    for (const TiffEntry& entry : child->entries) {
      if (std::ranges::find(serials, entry.tag) != serials.end()) {
        found.serial = found.serial || says_something(tiff, entry);
      }
      if (entry.tag == tag::user_comment) {
        found.comment = found.comment || says_something(tiff, entry);
      }
    }
  }
  if (const auto gps = tiff.child(main, tag::gps_ifd)) {
    // 0 is the version and 18 the datum: without others they are no location.
    found.position = std::ranges::any_of(
        gps->entries, [](const TiffEntry& entry) { return entry.tag != 0 && entry.tag != 18; });
  } else {
    found.position = main.find(tag::gps_ifd) != nullptr;
  }
  return found;
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
  // EXIF stores the photographer's and the editor's notice in one value, separated by a zero.
  std::ranges::replace(facts.copyright, '\0', ';');
  facts.adobe_rgb = says_adobe_rgb(*tiff, *ifd);
  facts.has_gps = ifd->find(tag::gps_ifd) != nullptr;
  if (ifd->next != 0) {
    const auto second = tiff->ifd(ifd->next);
    facts.has_thumbnail = second && (second->find(tag::jpeg_offset) != nullptr ||
                                     second->find(tag::strip_offsets) != nullptr);
  }
  facts.holds = privacy_of(*tiff, *ifd);
  facts.holds.thumbnail = facts.has_thumbnail;
  facts.resolution = resolution_of(*tiff, *ifd);
  const std::string make = text_of(*tiff, *ifd, tag::make);
  const std::string model = text_of(*tiff, *ifd, tag::model);
  // Many cameras repeat the make in the model.
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

Buffer exif_for_adobe_rgb(ByteView original, const Keep& keep, int orientation,
                          const std::optional<Resolution>& resolution) {
  TiffField space{tag::color_space,
                  static_cast<std::uint16_t>(TiffType::short_),
                  1,
                  {std::byte{2}, std::byte{0}}};
  return minimal(original, keep, orientation, resolution, {std::move(space)});
}

Buffer filter_exif(ByteView original, const Keep& keep, int orientation, bool pixels_changed,
                   const std::optional<Resolution>& resolution) {
  if (orientation < 1 || orientation > 8) orientation = 1;
  if (!keep.exif) return minimal(original, keep, orientation, resolution);
  const auto tiff = TiffView::open(original);
  const auto ifd = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  // A block that cannot be read cannot be updated either.
  if (!ifd) return minimal({}, keep, orientation, resolution);
  Buffer block = Buffer::copy_of(original);
  if (pixels_changed) drop_thumbnail(*tiff, *ifd, block);
  return with_orientation(std::move(block), orientation);
}

}  // namespace imgmill
