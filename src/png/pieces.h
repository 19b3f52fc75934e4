// One deflate stream out of several that were made at the same time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "png/huffman.h"

namespace imgmill::png {

/// Where a deflate stream's last block begins and where it ends, bits from the stream's begin.
struct LastBlock {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Walks over the blocks of a raw deflate stream (RFC 1951). Nothing: it is damaged.
/// Thread-safe.
[[nodiscard]] std::optional<LastBlock> last_block(std::span<const std::uint8_t> stream);

/// Appends the blocks of a raw deflate stream; the last of them stays the last only if `last` is
/// set. `out` must be at the begin of a byte, where it is again behind a stream that is not the
/// last. False, and nothing was written, when the stream is damaged.
[[nodiscard]] bool put_stream(BitWriter& out, std::span<const std::uint8_t> stream, bool last);

}  // namespace imgmill::png
