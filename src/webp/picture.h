// Pictures as VP8 sees them: planes, macroblocks, and what was decided about them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "webp/tables.h"

namespace imgmill::webp {

/// RFC 6386, section 9.1: 14 bits for each side.
inline constexpr std::uint32_t most_side = 16383;

/// Samples of 8 bits, row by row from top to bottom, in sRGB or another RGB, or grey.
struct Samples {
  const std::uint8_t* first = nullptr;
  std::size_t row_size = 0;  ///< bytes from one row to the next
  std::uint32_t width = 0;   ///< 1..most_side
  std::uint32_t height = 0;  ///< 1..most_side
  int channels = 3;          ///< 1 or 3
};

/// Luma and halved chroma of ITU-R BT.601 in its limited range, continued by their last samples
/// up to whole macroblocks.
struct Planes {
  std::uint32_t width = 0;   ///< of the picture
  std::uint32_t height = 0;  ///< of the picture
  std::size_t wide = 0;      ///< macroblocks
  std::size_t high = 0;      ///< macroblocks
  std::vector<std::uint8_t> luma, blue, red;

  [[nodiscard]] std::size_t luma_stride() const { return 16 * wide; }
  [[nodiscard]] std::size_t chroma_stride() const { return 8 * wide; }
};

/// What was decided about a macroblock.
struct Macroblock {
  bool by_blocks = false;  ///< luma is foretold block by block
  bool skipped = false;    ///< all levels are 0
  WholeMode luma = whole_dc;
  WholeMode chroma = whole_dc;
  std::array<BlockMode, 16> blocks{};  ///< as whole modes in others than `by_blocks`
};

/// The levels of macroblocks that are not skipped, one after the other, as the file has them:
/// second order (unless by blocks), luma, blue, red. A block is the number of its last level that
/// is not 0, counted from 1, and all up to it in the order of zigzag.
using Levels = std::vector<std::int16_t>;

}  // namespace imgmill::webp
