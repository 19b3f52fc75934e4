#include "metadata/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

namespace imgmill::metadata {

namespace {

struct Inflated {
  std::vector<std::byte> bytes;  // one more than the limit if there would have been more
  bool whole = false;            // the stream reached its end
};

Inflated inflated(ByteView stream, std::size_t limit) {
  Inflated result;
  if (stream.size() > std::numeric_limits<uInt>::max()) return result;
  z_stream state{};
  if (inflateInit(&state) != Z_OK) return result;
  struct End {
    void operator()(z_stream* each) const { inflateEnd(each); }
  };
  const std::unique_ptr<z_stream, End> guard(&state);
  // zlib does not write through next_in, although its type allows it.
  state.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stream.data()));
  state.avail_in = static_cast<uInt>(stream.size());
  std::vector<std::byte>& out = result.bytes;
  // Grows with the actual output, so that a small bomb costs little.
  std::size_t room = std::max<std::size_t>(4096, 2 * std::min(stream.size(), limit));
  while (out.size() <= limit) {
    const std::size_t used = out.size();
    room = std::min(room, limit + 1 - used);
    out.resize(used + room);
    state.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    state.avail_out = static_cast<uInt>(room);
    const int status = inflate(&state, Z_NO_FLUSH);
    out.resize(used + room - state.avail_out);
    result.whole = status == Z_STREAM_END;
    if (status != Z_OK || (state.avail_in == 0 && state.avail_out != 0)) break;
    room = std::max<std::size_t>(out.size(), 4096);
  }
  return result;
}

}  // namespace

std::optional<Buffer> inflate_bounded(ByteView stream, std::size_t limit) {
  Inflated result = inflated(stream, limit);
  if (!result.whole || result.bytes.size() > limit) return std::nullopt;
  return Buffer::adopt(std::move(result.bytes));
}

std::optional<Buffer> InflateBudget::inflate(ByteView stream) {
  const std::size_t limit = std::min(max_inflated_bytes, left_);
  Inflated result = inflated(stream, limit);
  left_ -= std::min(left_, result.bytes.size());
  if (!result.whole || result.bytes.size() > limit) return std::nullopt;
  return Buffer::adopt(std::move(result.bytes));
}

Buffer inflated_start(ByteView stream, std::size_t size) {
  Inflated result = inflated(stream, size);
  if (result.bytes.size() > size) result.bytes.resize(size);
  return Buffer::adopt(std::move(result.bytes));
}

Buffer deflated(ByteView bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  Buffer out = Buffer::uninitialised(size);
  // Fails only for lack of memory or space; the buffer has the library's own upper bound.
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()),
                Z_BEST_COMPRESSION) != Z_OK) {
    throw std::bad_alloc();
  }
  out.shrink(size);
  return out;
}

}  // namespace imgmill::metadata
