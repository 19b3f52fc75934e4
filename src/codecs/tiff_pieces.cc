#include "codecs/tiff_pieces.h"

#include <zlib.h>

#include <array>
#include <new>

#include "metadata/bytes.h"

namespace imgmill::tiff {
namespace {

// Some writers pad to a word.
constexpr std::size_t most_left_over = 4;

struct Inflater {
  z_stream stream{};
  bool ready = false;
  Inflater() { ready = inflateInit(&stream) == Z_OK; }
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

std::optional<std::uint64_t> unpacked_by_packbits(ByteView piece) {
  std::uint64_t total = 0;
  std::size_t at = 0;
  while (at < piece.size()) {
    const std::size_t head = metadata::u8(piece, at++);
    if (head == 128) continue;  // no-op
    const std::size_t takes = head < 128 ? head + 1 : 1;
    if (takes > piece.size() - at) return std::nullopt;
    at += takes;
    total += head < 128 ? head + 1 : 257 - head;
  }
  return total;
}

std::optional<std::uint64_t> unpacked_by_lzw(ByteView piece) {
  constexpr std::size_t clear = 256;
  constexpr std::size_t end = 257;
  constexpr std::size_t most_codes = 4096;
  // The string length of each code.
  std::array<std::uint32_t, most_codes> length{};
  std::size_t next = end + 1;
  std::size_t width = 9;
  std::uint32_t before = 0;  // length of the previous string; 0: there is none
  std::uint64_t total = 0;
  std::uint64_t bits = 0;
  std::size_t held = 0;
  std::size_t at = 0;
  for (;;) {
    while (held < width && at < piece.size()) {
      bits = bits << 8 | metadata::u8(piece, at++);
      held += 8;
    }
    if (held < width) return total;
    const std::size_t code = bits >> (held - width) & ((std::size_t{1} << width) - 1);
    held -= width;
    if (code == end) break;
    if (code == clear) {
      next = end + 1;
      width = 9;
      before = 0;
      continue;
    }
    if (before == 0) {
      if (code > 255) return std::nullopt;
      before = 1;
      total += 1;
      continue;
    }
    if (code > next) return std::nullopt;
    if (next < most_codes) length[next] = before + 1;
    const std::uint32_t own = code < 256 ? 1 : length[code];
    // A full table stays unchanged until it is cleared.
    if (next < most_codes) ++next;
    // The code width grows one string earlier than necessary ("early change").
    if (next + 1 >= std::size_t{1} << width && width < 12) ++width;
    total += own;
    before = own;
  }
  if (piece.size() - at > most_left_over) return std::nullopt;
  return total;
}

std::optional<std::uint64_t> unpacked_by_deflate(ByteView piece) {
  Inflater inflater;
  if (!inflater.ready) throw std::bad_alloc();
  std::array<Bytef, 65536> out;
  z_stream& stream = inflater.stream;
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
  std::uint64_t total = 0;
  for (;;) {
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    const int state = inflate(&stream, Z_NO_FLUSH);
    total += out.size() - stream.avail_out;
    if (state == Z_STREAM_END) return total;
    if (state != Z_OK) return std::nullopt;
  }
}

}  // namespace imgmill::tiff
