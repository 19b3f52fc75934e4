// Joins deflate streams that were compressed in parallel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "png/huffman.h"

namespace imgmill::png {

/// Deflate blocks that encode one part of the data.
struct Piece {
  std::vector<std::uint8_t> bytes;
  std::size_t bits = 0;      ///< number of valid bits, starting at the lowest bit of each byte
  bool whole_bytes = false;  ///< must start at a byte boundary, because it holds stored blocks
  std::size_t size = 0;      ///< number of uncompressed bytes
  std::uint32_t sum = 1;     ///< Adler-32 of the uncompressed bytes
};

/// Makes a piece of the contents of `out`, which encode `raw`.
[[nodiscard]] Piece piece_of(BitWriter out, std::span<const std::uint8_t> raw);

/// Makes a piece of a raw deflate stream (RFC 1951) that encodes `raw`. Its last block stays marked
/// as final only if `last` is set. Returns nullopt if the stream is damaged. Thread-safe.
[[nodiscard]] std::optional<Piece> piece_of(std::span<const std::uint8_t> stream,
                                            std::span<const std::uint8_t> raw, bool last);

/// Joins the pieces into one zlib stream. The last piece, and no other, must end with a final
/// block.
[[nodiscard]] std::vector<std::uint8_t> zlib_stream_of(std::vector<Piece> pieces);

/// Start and end of the last block of a deflate stream, as bit offsets.
struct LastBlock {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool any_stored = false;  ///< the stream contains a stored block
};

/// Walks through the blocks of a raw deflate stream. Returns nullopt if it is damaged. Thread-safe.
[[nodiscard]] std::optional<LastBlock> last_block(std::span<const std::uint8_t> stream);

}  // namespace imgmill::png
