// Bit costs of coefficients, and the probabilities that minimize them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "webp/tables.h"

namespace imgmill::webp {

/// Levels from here on are in the last category: their cost is a part that depends on the context
/// plus a part that depends on the level alone.
inline constexpr int many = 67;

/// Cost of an event in 256ths of a bit, indexed by its probability in 256ths. 1..255; 0 is treated
/// as 1.
extern const std::array<std::uint16_t, 256> bit_costs;

[[nodiscard]] inline int bit_cost(bool bit, int probability_of_zero) {
  return bit_costs[static_cast<std::size_t>(bit ? 256 - probability_of_zero : probability_of_zero)];
}

/// Returns the context that a level sets for the next one (RFC 6386, section 13.3).
[[nodiscard]] constexpr std::size_t context_of(int magnitude) {
  return magnitude > 1 ? 2 : static_cast<std::size_t>(magnitude);
}

/// Passes a block's levels, in zigzag order, to `sink` as binary decisions: sink.fork(forks, which,
/// bit) for those with adaptive probabilities, sink.fixed(bit, probability) for the others. `end`:
/// one more than the position of the last nonzero level, at most 16.
template <typename Sink>
void tell_block(Sink& sink, BlockKind kind, std::size_t context, const std::int16_t* levels,
                std::size_t end) {
  std::size_t at = kind == kind_luma_ac ? 1 : 0;
  if (end <= at) {
    sink.fork(kind, band_of[at], context, 0, false);
    return;
  }
  bool may_end = true;
  for (; at < end; ++at) {
    const std::size_t band = band_of[at];
    const int level = levels[at];
    const int size = std::abs(level);
    const auto fork = [&, now = context](std::size_t which, bool bit) {
      sink.fork(kind, band, now, which, bit);
    };
    if (may_end) fork(0, true);
    fork(1, size != 0);
    context = context_of(size);
    may_end = size != 0;
    if (size == 0) continue;
    fork(2, size > 1);
    if (size > 1) {
      fork(3, size > 4);
      if (size <= 4) {
        fork(4, size > 2);
        if (size > 2) fork(5, size > 3);
      } else {
        fork(6, size > 10);
        if (size <= 10) {
          fork(7, size > 6);
        } else {
          fork(8, size > 34);
          fork(size > 34 ? 10 : 9, size > 34 ? size >= many : size > 18);
        }
        std::size_t category = 5;
        while (size < categories[category].least) --category;
        const Category& row = categories[category];
        const int rest = size - row.least;
        for (std::size_t bit = 0; bit < row.bits; ++bit) {
          sink.fixed(((rest >> (row.bits - 1 - bit)) & 1) != 0, row.probabilities[bit]);
        }
      }
    }
    sink.fixed(level < 0, 128);
  }
  if (end < 16) sink.fork(kind, band_of[end], context, 0, false);
}

/// Counts how often each fork was 0 or 1.
struct ForkCounts {
  std::uint32_t counts[block_kinds][bands][contexts][forks][2] = {};

  void fork(std::size_t kind, std::size_t band, std::size_t context, std::size_t which, bool bit) {
    ++counts[kind][band][context][which][bit ? 1 : 0];
  }
  void fixed(bool, std::uint32_t) {}
};

/// Returns the probabilities that minimize the size for these counts, including the cost of
/// updates.
[[nodiscard]] Probabilities best_probabilities(const ForkCounts& counts);

/// Costs in 256ths of a bit.
struct TokenCosts {
  /// Cost of a level by magnitude (`many` stands for all above), without its sign and extra bits.
  /// Context 0 follows a zero, where a block cannot end.
  std::uint16_t level[block_kinds][bands][contexts][many + 1];
  /// Cost of ending the block here, by the band of the next position.
  std::uint16_t end[block_kinds][bands][contexts];
  /// Cost of not ending it although the context is 0: at the start of a block.
  std::uint16_t begin[block_kinds][bands];
};

/// Sign and extra bits, by magnitude.
extern const std::array<std::uint16_t, highest_level + 1> extra_costs;
/// Cost of a whole-macroblock luma mode, including the flag that it is one.
extern const std::array<std::uint16_t, whole_modes> luma_mode_costs;
extern const std::array<std::uint16_t, whole_modes> chroma_mode_costs;
/// Cost of the flag for per-block luma modes.
extern const std::uint16_t block_flag_cost;
/// Indexed by the mode above, the mode to the left, and the mode itself.
using BlockModeCosts =
    std::array<std::array<std::array<std::uint16_t, block_modes>, block_modes>, block_modes>;
extern const BlockModeCosts block_mode_costs;

void fill_costs(const Probabilities& probabilities, TokenCosts& costs);

/// Returns the cost of a block; arguments as in tell_block().
[[nodiscard]] inline int block_cost(const TokenCosts& costs, BlockKind kind, std::size_t context,
                                    const std::int16_t* levels, std::size_t end) {
  std::size_t at = kind == kind_luma_ac ? 1 : 0;
  if (end <= at) return costs.end[kind][band_of[at]][context];
  int sum = context == 0 ? costs.begin[kind][band_of[at]] : 0;
  for (; at < end; ++at) {
    const int size = std::abs(levels[at]);
    sum += costs.level[kind][band_of[at]][context][size > many ? many : size] +
           extra_costs[static_cast<std::size_t>(size)];
    context = context_of(size);
  }
  return end < 16 ? sum + costs.end[kind][band_of[end]][context] : sum;
}

/// Passes the decisions of RFC 6386's mode trees to put(bit, probability).
template <typename Put>
void tell_luma_mode(WholeMode mode, Put&& put) {
  const bool across = mode == whole_horizontal || mode == whole_true_motion;
  put(across, 156);
  if (across) {
    put(mode == whole_true_motion, 128);
  } else {
    put(mode == whole_vertical, 163);
  }
}
template <typename Put>
void tell_chroma_mode(WholeMode mode, Put&& put) {
  put(mode != whole_dc, 142);
  if (mode == whole_dc) return;
  put(mode != whole_vertical, 114);
  if (mode != whole_vertical) put(mode == whole_true_motion, 183);
}
template <typename Put>
void tell_block_mode(BlockMode mode, std::size_t above, std::size_t left, Put&& put) {
  const std::uint8_t* p = block_mode_probabilities[above][left];
  put(mode != block_dc, p[0]);
  if (mode == block_dc) return;
  put(mode != block_true_motion, p[1]);
  if (mode == block_true_motion) return;
  put(mode != block_vertical, p[2]);
  if (mode == block_vertical) return;
  const bool early =
      mode == block_horizontal || mode == block_right_down || mode == block_vertical_right;
  put(!early, p[3]);
  if (early) {
    put(mode != block_horizontal, p[4]);
    if (mode != block_horizontal) put(mode == block_vertical_right, p[5]);
    return;
  }
  put(mode != block_left_down, p[6]);
  if (mode == block_left_down) return;
  put(mode != block_vertical_left, p[7]);
  if (mode != block_vertical_left) put(mode == block_horizontal_up, p[8]);
}

/// Probability of per-block luma modes.
inline constexpr std::uint32_t block_flag_probability = 145;

}  // namespace imgmill::webp
