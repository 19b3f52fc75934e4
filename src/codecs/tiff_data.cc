#include "codecs/tiff_data.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <vector>

#include "metadata/tiff_view.h"

namespace imgmill {
namespace {

using metadata::TiffEntry;
using metadata::TiffIfd;
using metadata::TiffView;
namespace tag = metadata::tag;

constexpr std::size_t most_pages = 4096;
constexpr std::uint16_t compression = 0x0103;
constexpr std::uint32_t none = 1, lzw = 5, deflate = 8, old_deflate = 32946, packbits = 32773;

struct Inflater {
  z_stream stream{};
  bool ready = false;
  Inflater() { ready = inflateInit(&stream) == Z_OK; }
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Whether `piece` is a whole zlib stream whose checksum is right.
  bool is_whole(ByteView piece) {
    if (!ready || inflateReset(&stream) != Z_OK) return true;  // nobody can tell
    std::array<Bytef, 65536> out;
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    for (;;) {
      stream.next_out = out.data();
      stream.avail_out = static_cast<uInt>(out.size());
      const int state = inflate(&stream, Z_NO_FLUSH);
      if (state == Z_STREAM_END) return true;
      if (state != Z_OK) return false;
    }
  }
};

std::string damage_of(const TiffView& tiff, const TiffIfd& ifd, Inflater& inflater) {
  const TiffEntry* how = ifd.find(compression);
  const std::uint32_t code = how == nullptr ? none : tiff.number(*how);
  const bool deflated = code == deflate || code == old_deflate;
  // Others keep pieces in ways of their own.
  if (!deflated && code != none && code != lzw && code != packbits) return {};
  constexpr std::array<std::array<std::uint16_t, 2>, 2> places{
      {{tag::strip_offsets, tag::strip_byte_counts}, {tag::tile_offsets, tag::tile_byte_counts}}};
  for (const auto& [offsets, sizes] : places) {
    const TiffEntry* offset = ifd.find(offsets);
    const TiffEntry* size = ifd.find(sizes);
    if (offset == nullptr || size == nullptr) continue;
    const std::string_view name = offsets == tag::tile_offsets ? "tile" : "strip";
    const std::size_t count = std::min(tiff.numbers(*offset), tiff.numbers(*size));
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t begin = tiff.number(*offset, i);
      const std::size_t length = tiff.number(*size, i);
      if (length == 0) continue;  // a hole, which readers fill
      const ByteView bytes = tiff.bytes();
      if (begin > bytes.size() || length > bytes.size() - begin) {
        return fmt::format("{} {} lies behind the end of the file", name, i);
      }
      if (deflated && !inflater.is_whole(bytes.subspan(begin, length))) {
        return fmt::format("{} {} is broken", name, i);
      }
    }
  }
  return {};
}

}  // namespace

std::string tiff_damage(ByteView file) {
  const auto tiff = TiffView::open(file);
  if (!tiff) return {};
  Inflater inflater;
  std::set<std::uint32_t> seen;
  std::uint32_t at = tiff->first();
  while (at != 0 && seen.size() < most_pages && seen.insert(at).second) {
    const auto ifd = tiff->ifd(at);
    if (!ifd) break;
    if (std::string damage = damage_of(*tiff, *ifd, inflater); !damage.empty()) return damage;
    at = ifd->next;
  }
  return {};
}

}  // namespace imgmill
