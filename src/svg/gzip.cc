#include "svg/gzip.h"

#include <fmt/format.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/try.h"

namespace imgmill::svg {
namespace {

// RFC 1952, 2.3.1: two magic bytes, and "deflate".
constexpr std::string_view signature = "\x1F\x8B\x08";
constexpr int gzip_only = 16 + MAX_WBITS;
constexpr int best = 12;
constexpr std::size_t step = std::size_t{64} << 10;

std::unexpected<Error> damaged() {
  return fail(ErrorCode::bad_input, "the gzip data is damaged or incomplete",
              "restore the file from a copy; it was left as it is");
}

/// Owns zlib's state.
class Inflater {
 public:
  explicit Inflater(ByteView file) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(file.data()));
    stream_.avail_in = static_cast<uInt>(file.size());
    if (inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `room` as far as possible and returns zlib's status.
  int fill(std::span<std::byte> room) {
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = static_cast<uInt>(room.size());
    return inflate(&stream_, Z_NO_FLUSH);
  }
  [[nodiscard]] std::size_t room_left() const { return stream_.avail_out; }
  [[nodiscard]] bool at_end() const { return stream_.avail_in == 0; }
  /// Continues with the next member; there may be several (RFC 1952, 2.2).
  void start_again() { inflateReset(&stream_); }

 private:
  z_stream stream_{};
};

}  // namespace

bool looks_like_gzip(ByteView start) { return as_text(start).starts_with(signature); }

Result<Buffer> gunzip(ByteView file, std::size_t at_most) {
  if (file.size() > std::numeric_limits<uInt>::max()) return damaged();
  Inflater inflater(file);
  std::vector<std::byte> out;
  for (;;) {
    const std::size_t before = out.size();
    // One byte more than allowed, to detect excess.
    out.resize(before + std::min(std::max(step, before), at_most + 1 - before));
    const int said = inflater.fill(std::span(out).subspan(before));
    out.resize(out.size() - inflater.room_left());
    if (out.size() > at_most) {
      return fail(ErrorCode::limit,
                  fmt::format("a compressed drawing of more than {}", human_size(at_most)),
                  "simplify it with the program that made it");
    }
    if (said == Z_STREAM_END) {
      if (inflater.at_end()) return Buffer::adopt(std::move(out));
      inflater.start_again();
    } else if (said != Z_OK || out.size() == before) {
      if (said == Z_MEM_ERROR) throw std::bad_alloc();
      return damaged();
    }
  }
}

Buffer gzipped(ByteView text) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(best), &libdeflate_free_compressor);
  if (!compressor) throw std::bad_alloc();
  Buffer out = Buffer::uninitialised(libdeflate_gzip_compress_bound(compressor.get(), text.size()));
  out.shrink(
      libdeflate_gzip_compress(compressor.get(), text.data(), text.size(), out.data(), out.size()));
  return out;
}

}  // namespace imgmill::svg
