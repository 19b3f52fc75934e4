// Decides how macroblocks are foretold, and makes their levels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "webp/entropy.h"
#include "webp/picture.h"
#include "webp/quantiser.h"
#include "webp/tokens.h"

namespace imgmill::webp {

/// How much thought goes into a macroblock.
struct Thought {
  std::size_t block_modes = 2;  ///< for each block, so many are tried in full: 1..4
  bool weigh = true;            ///< levels are weighed against their bits
};

/// A block's levels in the order of zigzag, and one more than the position of the last that is not
/// 0.
struct BlockLevels {
  alignas(32) std::int16_t levels[16];
  std::size_t end;
};

/// What lies beside a macroblock: `samples` is its first, in a picture of this stride.
struct Beside {
  const std::uint8_t* samples;
  std::size_t stride;
  bool has_left, has_above;

  [[nodiscard]] const std::uint8_t* above() const { return samples - stride; }
  [[nodiscard]] std::uint8_t left(std::size_t row) const { return *(samples + row * stride - 1); }
  [[nodiscard]] std::uint8_t corner() const { return *(samples - stride - 1); }
};

/// The neighbours of a block on one line: the lowest of the left column twice, the others upwards,
/// the corner, eight of the row above and the last of them again. All modes but two are means
/// of two or three neighbours on that line.
struct Line {
  alignas(16) std::uint8_t at[16];
  static constexpr std::size_t corner = 5;
};

/// What neighbours must know of a macroblock, on one side: which of its blocks along it have levels
/// (the contexts of RFC 6386, section 13.3), and how they were foretold.
struct Side {
  std::array<std::uint8_t, 4> luma{};
  std::array<std::uint8_t, 2> blue{};
  std::array<std::uint8_t, 2> red{};
  std::uint8_t second = 0;
  std::array<BlockMode, 4> modes{};
};

/// A row of macroblocks as a decoder shows it before the loop filter, and the row of samples
/// above and a column to the left of it.
struct Band {
  static constexpr std::size_t margin = 16;
  std::vector<std::uint8_t> samples;
  std::size_t stride = 0;

  [[nodiscard]] std::uint8_t* at(std::size_t column) {
    return samples.data() + stride + margin + column;
  }
};

/// The coding of one picture, row by row. Not to be used by two threads.
struct Coder {
  /// What tells how macroblocks are foretold has 19 bits for its size in bytes (RFC 6386, section
  /// 9.1), whatever the size of the picture.
  static constexpr std::size_t most_mode_bytes = (std::size_t{1} << 19) - 1;

  /// Throws std::bad_alloc. The others must outlive it. `mode_bytes`: fewer, for tests.
  Coder(const Planes& from, const Segments& with, const Thought& care,
        std::size_t mode_bytes = most_mode_bytes);

  /// Whether there is room left for telling a macroblock's luma block by block.
  [[nodiscard]] bool may_use_blocks() const;
  /// Of the modes for whole macroblocks, how many of the first may be chosen from: all while there
  /// is room, then the one that takes least.
  [[nodiscard]] std::size_t usable_whole_modes() const;

  /// The next row. Throws std::bad_alloc.
  void code_row();

  const Planes* planes;
  const Segments* segments;
  Thought thought;
  std::size_t row = 0;
  std::array<Band, 3> bands;
  std::vector<Side> above;
  Side left;
  TokenCosts costs;
  TokenTeller teller;  ///< for `counts`
  ForkCounts counts;
  std::vector<Macroblock> macroblocks;
  Levels levels;
  std::uint64_t mode_cost = 0;  ///< so far, in 256ths of a bit
  std::uint64_t mode_room = 0;  ///< for all of the picture, likewise
  std::size_t since_costs = 0;  ///< macroblocks since costs were fitted to what has come
  Planes* shown = nullptr;      ///< for tests: gets what a decoder shows without the loop filter
};

}  // namespace imgmill::webp
