#include "metadata/tiff_directory.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <vector>

#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/exif.h"
#include "metadata/photoshop.h"
#include "metadata/tiff_view.h"
#include "metadata/xmp.h"

namespace imgmill::metadata {
namespace {

using std::string_view_literals::operator""sv;

// Long documents have fewer pages; loops and bombs have more.
constexpr std::size_t max_directories = 4096;
constexpr std::size_t max_numbers = std::size_t{1} << 22;
// Maximum size of an entry copied to a new EXIF block.
constexpr std::size_t max_field_bytes = 64 * 1024;

struct Walk {
  std::vector<TiffIfd> ifds;  ///< the chain and its sub-images
  bool complete = false;
};

Walk walk(const TiffView& tiff) {
  Walk result;
  std::set<std::uint32_t> seen;
  std::vector<std::uint32_t> waiting{tiff.first()};
  std::size_t numbers = 0;
  while (!waiting.empty()) {
    const std::uint32_t at = waiting.back();
    waiting.pop_back();
    if (at == 0) continue;
    if (!seen.insert(at).second || seen.size() > max_directories) return result;
    auto ifd = tiff.ifd(at);
    if (!ifd || ifd->next_at == 0) return result;
    waiting.push_back(ifd->next);
    numbers += ifd->entries.size();
    if (const TiffEntry* below = ifd->find(tag::sub_ifds)) {
      const std::size_t count = tiff.numbers(*below);
      if ((numbers += count) > max_numbers) return result;
      for (std::size_t i = 0; i < count; ++i) waiting.push_back(tiff.number(*below, i));
    }
    if (numbers > max_numbers) return result;
    result.ifds.push_back(std::move(*ifd));
  }
  result.complete = !result.ifds.empty();
  return result;
}

bool stays(std::uint16_t which, const Keep& keep) {
  switch (which) {
    case tag::exif_ifd:
    case tag::gps_ifd:
    case tag::interop_ifd:
    case tag::make:
    case tag::model:
    case tag::software:
    case tag::date_time:
    case tag::host_computer:
    case 0x8830:  // GeoTIFF position: SpatialReference, and the six tags below
    case 0x830E:  // ModelPixelScale
    case 0x8482:  // ModelTiepoint
    case 0x85D8:  // ModelTransformation
    case 0x87AF:  // GeoKeyDirectory
    case 0x87B0:  // GeoDoubleParams
    case 0x87B1:  // GeoAsciiParams
    case 0x9003:  // DateTimeOriginal, in the wrong directory
    case 0xC4A5:  // PrintImageMatching
      return keep.exif;
    case tag::artist:
    case tag::copyright:
      return keep.copyright || keep.exif;
    case tag::orientation:
      return keep.orientation || keep.exif;
    case tag::image_description:
    case 0x010D:  // DocumentName
    case 0x011D:  // PageName
    case 0x9C9B:  // Windows' title, comment, author, keywords, subject
    case 0x9C9C:
    case 0x9C9D:
    case 0x9C9E:
    case 0x9C9F:
    case 0x9286:  // UserComment, in the wrong directory
    case 0xA480:  // GDAL's description
      return keep.comment || keep.exif;
    case tag::xmp:
      return keep.xmp;
    case tag::iptc:
      return keep.iptc;
    case tag::photoshop:
      return keeps_everything(keep);
    default:
      return true;
  }
}

/// Adds a directory below `entry` with its values, whatever they are.
void add_tree(const TiffView& tiff, const TiffEntry& entry, std::vector<Range>& ranges) {
  const auto ifd = tiff.ifd(tiff.number(entry));
  if (!ifd) return;
  ranges.push_back(ifd->range());
  for (const TiffEntry& each : ifd->entries) {
    if (each.out_of_line()) ranges.push_back(each.value_range());
    if (each.tag != tag::interop_ifd) continue;
    if (const auto interop = tiff.ifd(tiff.number(each))) {
      ranges.push_back(interop->range());
      for (const TiffEntry& inner : interop->entries) {
        if (inner.out_of_line()) ranges.push_back(inner.value_range());
      }
    }
  }
}

bool is_tree(std::uint16_t which) {
  return which == tag::exif_ifd || which == tag::gps_ifd || which == tag::interop_ifd;
}

/// Adds the locations of the pixel data. Returns false if there are too many.
bool add_pixels(const TiffView& tiff, const TiffIfd& ifd, std::vector<Range>& ranges) {
  constexpr std::array<std::array<std::uint16_t, 2>, 3> places{
      {{tag::strip_offsets, tag::strip_byte_counts},
       {tag::tile_offsets, tag::tile_byte_counts},
       {tag::jpeg_offset, tag::jpeg_length}}};
  for (const auto& [offsets, sizes] : places) {
    const TiffEntry* offset = ifd.find(offsets);
    const TiffEntry* size = ifd.find(sizes);
    if (offset == nullptr || size == nullptr) continue;
    const std::size_t count = std::min(tiff.numbers(*offset), tiff.numbers(*size));
    if (ranges.size() + count > max_numbers) return false;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t begin = tiff.number(*offset, i);
      ranges.push_back({begin, begin + tiff.number(*size, i)});
    }
  }
  return true;
}

/// Closes the gaps in one directory's table.
void compact(std::span<std::byte> bytes, const TiffView& tiff, const TiffIfd& ifd,
             const std::vector<TiffEntry>& kept) {
  const ByteView source = tiff.bytes();
  std::size_t at = ifd.at;
  ByteWriter count;
  tiff.big_endian() ? count.u16be(kept.size()) : count.u16le(kept.size());
  const auto put = [&](ByteView from_where) {
    std::ranges::copy(from_where, bytes.subspan(at).begin());
    at += from_where.size();
  };
  put(count.view());
  for (const TiffEntry& entry : kept) put(source.subspan(entry.at, 12));
  put(source.subspan(ifd.next_at, 4));
  std::ranges::fill(bytes.subspan(at, ifd.next_at + 4 - at), std::byte{0});
}

std::vector<TiffField> fields_of(const TiffView& tiff, const TiffIfd& ifd, const auto& wanted) {
  std::vector<TiffField> fields;
  std::size_t total = 0;
  for (const TiffEntry& entry : ifd.entries) {
    total += entry.value_size;
    if (!entry.sound || entry.value_size > max_field_bytes || total > 16 * max_field_bytes)
      continue;
    if (!wanted(entry.tag)) continue;
    const ByteView value = tiff.value(entry);
    fields.push_back({entry.tag, entry.type, entry.count, {value.begin(), value.end()}});
  }
  return fields;
}

Buffer exif_block(const TiffView& tiff, const TiffIfd& main) {
  const auto descriptive = [](std::uint16_t which) {
    constexpr std::array tags{
        tag::image_description, tag::make,   tag::model,         tag::orientation, tag::software,
        tag::date_time,         tag::artist, tag::host_computer, tag::copyright};
    return std::ranges::find(tags, which) != tags.end();
  };
  const auto portable = [](std::uint16_t which) {
    return which != tag::maker_note && which != tag::interop_ifd;
  };
  std::vector<TiffField> exif;
  std::vector<TiffField> gps;
  if (const auto ifd = tiff.child(main, tag::exif_ifd)) exif = fields_of(tiff, *ifd, portable);
  if (const auto ifd = tiff.child(main, tag::gps_ifd)) gps = fields_of(tiff, *ifd, portable);
  auto fields = fields_of(tiff, main, descriptive);
  if (fields.empty() && exif.empty() && gps.empty()) return {};
  return write_tiff(tiff.big_endian(), std::move(fields), std::move(exif), std::move(gps));
}

}  // namespace

MetadataBlocks read_tiff(ByteView file) {
  MetadataBlocks blocks;
  const auto tiff = TiffView::open(file);
  const auto ifd = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  if (!ifd) return blocks;
  const auto value_of = [&](std::uint16_t which) {
    const TiffEntry* entry = ifd->find(which);
    return entry == nullptr ? ByteView{} : tiff->value(*entry);
  };
  blocks.icc = Buffer::copy_of(value_of(tag::icc));
  blocks.xmp = Buffer::copy_of(value_of(tag::xmp));
  blocks.iptc = Buffer::copy_of(value_of(tag::iptc));
  if (blocks.iptc.empty()) blocks.iptc = iptc_in_photoshop(value_of(tag::photoshop));
  blocks.exif = exif_block(*tiff, *ifd);
  blocks.resolution = read_exif(file).resolution;
  if (ifd->find(tag::image_description) != nullptr) add_once(blocks.others, "comment");
  if (ifd->find(tag::photoshop) != nullptr) add_once(blocks.others, "Photoshop resources");
  return blocks;
}

Result<Rewritten> rewrite_tiff(ByteView file, const Keep& keep, ByteView /*exif*/, ByteView xmp) {
  if (starts_with(file, "II+\0"sv) || starts_with(file, "MM\0+"sv)) {
    return fail(ErrorCode::unsupported, "the metadata of a BigTIFF file cannot be filtered",
                "save it as classic TIFF if it is smaller than 4 GB");
  }
  const auto tiff = TiffView::open(file);
  const Walk found = tiff ? walk(*tiff) : Walk{};
  if (!found.complete) {
    return fail(ErrorCode::bad_input, "the TIFF file's directories are damaged",
                "restore the file from a copy; it was left as it is");
  }
  if (found.ifds.front().find(tag::dng_version) != nullptr) {
    return fail(ErrorCode::unsupported, "the file is a camera's raw file (DNG)",
                "develop it with a raw converter first");
  }
  Rewritten result;
  std::vector<Range> kept_ranges{{0, 8}};
  std::vector<Range> doomed;
  std::vector<std::vector<TiffEntry>> kept_entries;
  // Nothing moves, so a new packet is written only where it fits.
  const TiffEntry* packet = keep.xmp || xmp.empty() ? nullptr : found.ifds.front().find(tag::xmp);
  if (packet != nullptr && (!packet->out_of_line() || packet->value_size < xmp.size())) {
    packet = nullptr;
  }
  for (const TiffIfd& ifd : found.ifds) {
    kept_ranges.push_back(ifd.range());
    std::vector<TiffEntry>& kept = kept_entries.emplace_back();
    for (const TiffEntry& entry : ifd.entries) {
      const bool stay = stays(entry.tag, keep) || (packet != nullptr && entry.at == packet->at);
      std::vector<Range>& ranges = stay ? kept_ranges : doomed;
      if (stay) kept.push_back(entry);
      if (entry.out_of_line()) ranges.push_back(entry.value_range());
      if (is_tree(entry.tag)) add_tree(*tiff, entry, ranges);
      if (!stay && entry.tag == tag::photoshop && keep.iptc) {
        add_once(result.notes, "Photoshop resources dropped, with any IPTC among them");
      }
    }
    // A directory without entries is invalid.
    if (kept.empty()) kept = ifd.entries;
    if (!add_pixels(*tiff, ifd, kept_ranges)) {
      return fail(ErrorCode::unsupported, "the TIFF file has too many pieces to be filtered",
                  "re-encode it instead");
    }
  }
  result.bytes = Buffer::copy_of(file);
  if (packet != nullptr) {
    const Buffer padded = padded_xmp(xmp, packet->value_size);
    std::ranges::copy(padded.view(), result.bytes.writable().subspan(packet->value_at).begin());
  }
  zero_except(result.bytes.writable(), std::move(doomed), std::move(kept_ranges));
  for (std::size_t i = 0; i < found.ifds.size(); ++i) {
    const TiffIfd& ifd = found.ifds[i];
    if (kept_entries[i].size() != ifd.entries.size()) {
      compact(result.bytes.writable(), *tiff, ifd, kept_entries[i]);
    }
  }
  return result;
}

}  // namespace imgmill::metadata
