#include "metadata/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

namespace imgmill::metadata {

std::optional<Buffer> inflate_bounded(ByteView stream, std::size_t limit) {
  if (stream.size() > std::numeric_limits<uInt>::max()) return std::nullopt;
  z_stream state{};
  if (inflateInit(&state) != Z_OK) return std::nullopt;
  struct End {
    void operator()(z_stream* each) const { inflateEnd(each); }
  };
  const std::unique_ptr<z_stream, End> guard(&state);
  // zlib does not write through next_in, whatever its type says.
  state.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stream.data()));
  state.avail_in = static_cast<uInt>(stream.size());
  std::vector<std::byte> out;
  // Grows with what is really there, so that a small bomb costs little.
  std::size_t room = std::max<std::size_t>(4096, 2 * std::min(stream.size(), limit));
  while (true) {
    const std::size_t used = out.size();
    room = std::min(room, limit + 1 - used);
    out.resize(used + room);
    state.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    state.avail_out = static_cast<uInt>(room);
    const int status = inflate(&state, Z_NO_FLUSH);
    out.resize(used + room - state.avail_out);
    if (out.size() > limit) return std::nullopt;
    if (status == Z_STREAM_END) return Buffer::adopt(std::move(out));
    if (status != Z_OK || (state.avail_in == 0 && state.avail_out != 0)) return std::nullopt;
    room = std::max<std::size_t>(out.size(), 4096);
  }
}

Buffer deflated(ByteView bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  Buffer out = Buffer::uninitialised(size);
  // Fails only for want of memory or room; the room is the library's own bound.
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()),
                Z_BEST_COMPRESSION) != Z_OK) {
    throw std::bad_alloc();
  }
  out.shrink(size);
  return out;
}

}  // namespace imgmill::metadata
