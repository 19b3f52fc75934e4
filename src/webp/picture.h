// Data structures of VP8 pictures: planes, macroblocks, and coding decisions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "webp/tables.h"

namespace imgmill::webp {

/// RFC 6386, section 9.1: 14 bits per side.
inline constexpr std::uint32_t most_side = 16383;

/// 8-bit samples, row by row from top to bottom, in sRGB or another RGB, or grey.
struct Samples {
  const std::uint8_t* first = nullptr;
  std::size_t row_size = 0;  ///< bytes from one row to the next
  std::uint32_t width = 0;   ///< 1..most_side
  std::uint32_t height = 0;  ///< 1..most_side
  int channels = 3;          ///< 1 or 3
};

/// Luma and subsampled chroma (4:2:0) of ITU-R BT.601 in limited range, padded to whole macroblocks
/// by repeating the last samples.
struct Planes {
  std::uint32_t width = 0;   ///< of the picture
  std::uint32_t height = 0;  ///< of the picture
  std::size_t wide = 0;      ///< macroblocks
  std::size_t high = 0;      ///< macroblocks
  std::vector<std::uint8_t> luma, blue, red;

  [[nodiscard]] std::size_t luma_stride() const { return 16 * wide; }
  [[nodiscard]] std::size_t chroma_stride() const { return 8 * wide; }
};

/// Coding decisions for one macroblock.
struct Macroblock {
  bool by_blocks = false;  ///< luma is predicted block by block
  bool skipped = false;    ///< all levels are 0
  WholeMode luma = whole_dc;
  WholeMode chroma = whole_dc;
  std::array<BlockMode, 16> blocks{};  ///< the equivalent of the whole mode if not `by_blocks`
};

/// The levels of macroblocks that are not skipped, in file order: second order (unless by blocks),
/// luma, blue, red. Each block is stored as the number of levels up to the last nonzero one,
/// followed by these levels in zigzag order.
using Levels = std::vector<std::int16_t>;

}  // namespace imgmill::webp
