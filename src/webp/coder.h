// Chooses prediction modes of macroblocks and computes their levels.
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

/// Encoding effort per macroblock.
struct Thought {
  std::size_t block_modes = 2;  ///< modes tried in full for each block: 1..4
  bool weigh = true;            ///< levels are chosen by rate-distortion cost (trellis)
};

/// A block's levels in zigzag order, and one more than the position of the last nonzero level.
struct BlockLevels {
  alignas(32) std::int16_t levels[16];
  std::size_t end;
};

/// The neighbourhood of a macroblock: `samples` is its first sample, in a picture of this stride.
struct Beside {
  const std::uint8_t* samples;
  std::size_t stride;
  bool has_left, has_above;

  [[nodiscard]] const std::uint8_t* above() const { return samples - stride; }
  [[nodiscard]] std::uint8_t left(std::size_t row) const { return *(samples + row * stride - 1); }
  [[nodiscard]] std::uint8_t corner() const { return *(samples - stride - 1); }
};

/// The neighbours of a block in one line: the lowest sample of the left column twice, the others
/// upwards, the corner, eight samples of the row above, and the last of them again. All modes but
/// two are averages of two or three adjacent samples of that line.
struct Line {
  alignas(16) std::uint8_t at[16];
  static constexpr std::size_t corner = 5;
};

/// State of a macroblock that its neighbours on one side need: which adjacent blocks have nonzero
/// levels (the contexts of RFC 6386, section 13.3), and their prediction modes.
struct Side {
  std::array<std::uint8_t, 4> luma{};
  std::array<std::uint8_t, 2> blue{};
  std::array<std::uint8_t, 2> red{};
  std::uint8_t second = 0;
  std::array<BlockMode, 4> modes{};
};

/// A row of macroblocks as decoded before the loop filter, with the row of samples above it and a
/// column to its left.
struct Band {
  static constexpr std::size_t margin = 16;
  std::vector<std::uint8_t> samples;
  std::size_t stride = 0;

  [[nodiscard]] std::uint8_t* at(std::size_t column) {
    return samples.data() + stride + margin + column;
  }
};

/// Encodes one picture, row by row. Not thread-safe.
struct Coder {
  /// The size of the partition with the modes is limited to 19 bits of bytes (RFC 6386, section
  /// 9.1), whatever the size of the picture.
  static constexpr std::size_t most_mode_bytes = (std::size_t{1} << 19) - 1;

  /// Throws std::bad_alloc. The arguments must outlive it. `mode_bytes`: a lower limit, for tests.
  Coder(const Planes& from, const Segments& with, const Thought& care,
        std::size_t mode_bytes = most_mode_bytes);

  /// True if the mode budget allows per-block luma modes for the next macroblock.
  [[nodiscard]] bool may_use_blocks() const;
  /// Returns how many of the whole-macroblock modes, from the first on, may be chosen: all while
  /// the budget lasts, then only the cheapest.
  [[nodiscard]] std::size_t usable_whole_modes() const;

  /// Encodes the next row. Throws std::bad_alloc.
  void code_row();

  const Planes* planes;
  const Segments* segments;
  Thought thought;
  std::size_t row = 0;
  std::array<Band, 3> bands;
  std::vector<Side> above;
  Side left;
  TokenCosts costs;
  TokenTeller teller;  ///< fills `counts`
  ForkCounts counts;
  std::vector<Macroblock> macroblocks;
  Levels levels;
  std::uint64_t mode_cost = 0;  ///< used so far, in 256ths of a bit
  std::uint64_t mode_room = 0;  ///< for the whole picture, in the same unit
  std::size_t since_costs = 0;  ///< macroblocks since costs were last adapted
  Planes* shown = nullptr;      ///< for tests: receives the decoder output before the loop filter
};

}  // namespace imgmill::webp
