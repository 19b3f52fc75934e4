// Inventory of TIFF files: pages, the pictures below them, and tags (TIFF 6.0, its technical notes
// and supplements; numbers from the Library of Congress' list of TIFF tags).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <span>
#include <vector>

#include "metadata/bytes.h"
#include "metadata/container_inventories.h"
#include "metadata/exif.h"
#include "metadata/tiff_view.h"

namespace imgmill::metadata {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t most_directories = 4096;
constexpr std::size_t most_numbers = std::size_t{1} << 22;

// Tags that decoders need and encoders write: layout, compression, samples, palette, chroma.
constexpr std::array<std::uint16_t, 58> picture_tags = {
    0x00FE, 0x00FF, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0107, 0x0108, 0x0109, 0x010A, 0x0111,
    0x0112, 0x0115, 0x0116, 0x0117, 0x0118, 0x0119, 0x011C, 0x011E, 0x011F, 0x0120, 0x0121, 0x0122,
    0x0124, 0x0125, 0x0129, 0x013D, 0x0140, 0x0142, 0x0143, 0x0144, 0x0145, 0x0146, 0x0147, 0x0148,
    0x014A, 0x014C, 0x0152, 0x0153, 0x0154, 0x0155, 0x0156, 0x015B, 0x0200, 0x0201, 0x0202, 0x0203,
    0x0205, 0x0206, 0x0207, 0x0208, 0x0209, 0x0211, 0x0212, 0x0213, 0x0214, 0x0123};
constexpr std::array<std::uint16_t, 3> resolution_tags = {tag::x_resolution, tag::y_resolution,
                                                          tag::resolution_unit};
constexpr std::array<std::uint16_t, 10> comment_tags = {
    tag::image_description, 0x010D, 0x011D, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F,
    tag::user_comment,      0xA480};
constexpr std::array<std::uint16_t, 9> exif_tags = {
    tag::exif_ifd,  tag::interop_ifd,   tag::make, tag::model, tag::software,
    tag::date_time, tag::host_computer, 0x9003,    0xC4A5};
// Transfer function, white point, primaries.
constexpr std::array<std::uint16_t, 3> colour_tags = {0x012D, 0x013E, 0x013F};
// GeoTIFF (OGC 19-008): geographic position of the pixels.
constexpr std::array<std::uint16_t, 7> position_tags = {0x8830, 0x830E, 0x8482, 0x85D8,
                                                        0x87AF, 0x87B0, 0x87B1};
constexpr std::uint16_t subfile_type = 0x00FE, photoshop_layers = 0x935C;

template <std::size_t N>
bool is_in(const std::array<std::uint16_t, N>& list, std::uint16_t which) {
  return std::ranges::find(list, which) != list.end();
}

// How a directory is reached.
enum class Place { main, page, below };

class Lister {
 public:
  explicit Lister(const TiffView& tiff) : tiff_(tiff) {}

  std::vector<Holding> list() {
    std::uint32_t at = tiff_.first();
    Place place = Place::main;
    while (at != 0) {
      const auto ifd = directory(at, place);
      if (!ifd) break;
      at = ifd->next;
      place = Place::page;
    }
    add_trailing();
    return std::move(list_);
  }

 private:
  std::optional<TiffIfd> directory(std::uint32_t at, Place place) {
    if (seen_.size() >= most_directories || !seen_.insert(at).second) return std::nullopt;
    auto ifd = tiff_.ifd(at);
    if (!ifd) return std::nullopt;
    reach(ifd->range());
    add_picture(*ifd, place);
    for (const TiffEntry& entry : ifd->entries) {
      if (entry.out_of_line()) reach(entry.value_range());
      add_entry(*ifd, entry, place);
    }
    reach_pixels(*ifd);
    if (const TiffEntry* below = ifd->find(tag::sub_ifds)) {
      const std::size_t count = std::min(tiff_.numbers(*below), most_directories);
      for (std::size_t i = 0; i < count; ++i) directory(tiff_.number(*below, i), Place::below);
    }
    return ifd;
  }

  std::uint32_t number(const TiffIfd& ifd, std::uint16_t which) const {
    const TiffEntry* entry = ifd.find(which);
    return entry == nullptr ? 0 : tiff_.number(*entry);
  }

  void add_picture(const TiffIfd& ifd, Place place) {
    const std::string size = fmt::format("{} x {}", number(ifd, 0x0100), number(ifd, 0x0101));
    const bool mask = (number(ifd, subfile_type) & 4) != 0;
    if (place == Place::below) {
      list_.push_back({Content::further_picture, "SubIFD " + size, {}, {}});
    } else if (mask) {
      list_.push_back({Content::further_picture, "transparency mask " + size, {}, {}});
    } else {
      list_.push_back({place == Place::main ? Content::picture : Content::frame,
                       place == Place::main ? "picture" : "page " + size,
                       {},
                       {}});
    }
  }

  void add_entry(const TiffIfd& ifd, const TiffEntry& entry, Place place) {
    const ByteView where = entry.sound ? tiff_.value(entry) : tiff_.bytes().subspan(entry.at, 12);
    const auto add = [&](Content content, std::string name, PrivateData holds = {}) {
      list_.push_back({content, std::move(name), where, holds});
    };
    const bool text = entry.sound && !is_padding(where);
    if (is_in(picture_tags, entry.tag)) return;
    if (is_in(resolution_tags, entry.tag)) {
      if (place == Place::main && entry.tag == tag::x_resolution) {
        add(Content::resolution, "resolution");
      }
      return;
    }
    switch (entry.tag) {
      case tag::icc:
        return add(Content::colour, "colour profile");
      case tag::xmp:
        list_.push_back(xmp_holding(where, where));
        return;
      case tag::iptc:
        list_.push_back(iptc_holding(where, where));
        return;
      case tag::photoshop:
        return add(Content::application, "Photoshop resources");
      case photoshop_layers:
        return add(Content::further_picture, "Photoshop layers");
      case tag::artist:
      case tag::copyright:
        return add(Content::copyright, "copyright");
      case tag::gps_ifd:
        reach_tree(entry);
        return add(Content::exif, "position (GPS)", {.position = true});
      default:
        break;
    }
    if (is_in(comment_tags, entry.tag)) {
      if (entry.tag == tag::image_description && place == Place::page) return;
      return add(Content::comment, "comment", {.comment = text});
    }
    if (entry.tag == tag::exif_ifd) {
      reach_tree(entry);
      const PrivateData holds = read_exif(tiff_.bytes()).holds;
      return add(Content::exif, "EXIF", {.serial = place == Place::main && holds.serial});
    }
    if (is_in(colour_tags, entry.tag)) {
      const bool idle = ifd.find(tag::icc) != nullptr || says_srgb(entry);
      return add(idle ? Content::colour : Content::unknown,
                 fmt::format("colour tag {}", entry.tag));
    }
    if (is_in(exif_tags, entry.tag)) return add(Content::exif, "EXIF");
    if (is_in(position_tags, entry.tag)) {
      return add(Content::exif, "position (GeoTIFF)", {.position = true});
    }
    if (ifd.entries.empty()) return;
    add(Content::unknown, fmt::format("tag {}", entry.tag));
  }

  // White point and primaries of BT.709, as written for sRGB.
  bool says_srgb(const TiffEntry& entry) const {
    constexpr std::array white = {0.3127, 0.3290};
    constexpr std::array primaries = {0.64, 0.33, 0.30, 0.60, 0.15, 0.06};
    constexpr double near = 0.002;
    const std::span<const double> wanted =
        entry.tag == 0x013E ? std::span<const double>(white) : std::span<const double>(primaries);
    if (entry.tag == 0x012D || entry.value_size < 8 * wanted.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const double below = tiff_.u32(entry.value_at + 8 * i + 4);
      if (below == 0 || std::abs(tiff_.u32(entry.value_at + 8 * i) / below - wanted[i]) > near) {
        return false;
      }
    }
    return true;
  }

  void reach(const Range& range) { end_ = std::max(end_, range.end); }

  // Visits a directory of EXIF with its values, and the one below it.
  void reach_tree(const TiffEntry& pointer, int depth = 0) {
    const auto ifd = tiff_.ifd(tiff_.number(pointer));
    if (!ifd || depth > 2) return;
    reach(ifd->range());
    for (const TiffEntry& entry : ifd->entries) {
      if (entry.out_of_line()) reach(entry.value_range());
      if (entry.tag == tag::interop_ifd) reach_tree(entry, depth + 1);
    }
  }

  void reach_pixels(const TiffIfd& ifd) {
    constexpr std::array<std::array<std::uint16_t, 2>, 4> places{
        {{tag::strip_offsets, tag::strip_byte_counts},
         {tag::tile_offsets, tag::tile_byte_counts},
         {tag::jpeg_offset, tag::jpeg_length},
         {0x0120, 0x0121}}};
    for (const auto& [offsets, sizes] : places) {
      const TiffEntry* offset = ifd.find(offsets);
      const TiffEntry* size = ifd.find(sizes);
      if (offset == nullptr) continue;
      if (size == nullptr) {
        end_ = tiff_.bytes().size();  // their end is not stored
        continue;
      }
      const std::size_t count =
          std::min({tiff_.numbers(*offset), tiff_.numbers(*size), most_numbers});
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t begin = tiff_.number(*offset, i);
        reach({begin, begin + tiff_.number(*size, i)});
      }
    }
  }

  void add_trailing() {
    const ByteView rest = from(tiff_.bytes(), end_);
    if (rest.empty()) return;
    list_.push_back({is_padding(rest) ? Content::padding : Content::trailing,
                     "data after the end of the image",
                     rest,
                     {}});
  }

  const TiffView& tiff_;
  std::vector<Holding> list_;
  std::set<std::uint32_t> seen_;
  std::size_t end_ = 8;
};

// BigTIFF has wider numbers, which nothing else here reads. Lists what its first directory
// contains.
std::vector<Holding> list_big(ByteView file) {
  const bool big_endian = starts_with(file, "MM"sv);
  const auto number = [&](std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8 | u8(file, at + (big_endian ? i : size - 1 - i));
    }
    return value;
  };
  std::vector<Holding> list;
  list.push_back({Content::picture, "picture", {}, {}});
  Holding rest{Content::bound, "the directories of a BigTIFF", {}, {}};
  if (fits(file, 8, 8)) {
    const std::uint64_t at = number(8, 8);
    const std::uint64_t count = fits(file, at, 8) ? number(at, 8) : 0;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, 4096); ++i) {
      const std::uint64_t entry = at + 8 + 20 * i;
      if (!fits(file, entry, 20)) break;
      const auto which = static_cast<std::uint16_t>(number(entry, 2));
      if (which == tag::gps_ifd || is_in(position_tags, which)) rest.holds.position = true;
      if (which == tag::exif_ifd) rest.holds.serial = true;
      if (is_in(comment_tags, which)) rest.holds.comment = true;
    }
  }
  list.push_back(std::move(rest));
  return list;
}

}  // namespace

std::vector<Holding> list_tiff(ByteView file) {
  if (starts_with(file, "II+\0"sv) || starts_with(file, "MM\0+"sv)) return list_big(file);
  const auto tiff = TiffView::open(file);
  return tiff ? Lister(*tiff).list() : std::vector<Holding>{};
}

}  // namespace imgmill::metadata
