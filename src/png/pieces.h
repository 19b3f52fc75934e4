// One deflate stream out of several that were made at the same time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "png/huffman.h"

namespace imgmill::png {

/// Blocks of a deflate stream that stand for some of what is compressed.
struct Piece {
  std::vector<std::uint8_t> bytes;
  std::size_t bits = 0;      ///< that mean something, from the lowest of each byte on
  bool whole_bytes = false;  ///< it must begin with a byte: stored blocks count on that
  std::size_t size = 0;      ///< bytes that it stands for
  std::uint32_t sum = 1;     ///< their Adler-32
};

/// What `out` holds, as a piece that stands for `raw`.
[[nodiscard]] Piece piece_of(BitWriter out, std::span<const std::uint8_t> raw);

/// A raw deflate stream (RFC 1951) that stands for `raw`; its last block stays the last of all
/// only if `last` is set. Nothing: the stream is damaged. Thread-safe.
[[nodiscard]] std::optional<Piece> piece_of(std::span<const std::uint8_t> stream,
                                            std::span<const std::uint8_t> raw, bool last);

/// The zlib stream of all that the pieces stand for. Exactly the last one ends with a last block.
[[nodiscard]] std::vector<std::uint8_t> zlib_stream_of(std::vector<Piece> pieces);

/// Where a deflate stream's last block begins and where it ends, bits from the stream's begin.
struct LastBlock {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool any_stored = false;  ///< of all blocks
};

/// Walks over the blocks of a raw deflate stream. Nothing: it is damaged. Thread-safe.
[[nodiscard]] std::optional<LastBlock> last_block(std::span<const std::uint8_t> stream);

}  // namespace imgmill::png
