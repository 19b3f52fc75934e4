// Optimal parsing: chooses the cheapest sequence of matches when all matches are known.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "png/huffman.h"
#include "png/match.h"

namespace imgmill::png {

/// Cost in 1/256 bit.
using Cost = std::uint32_t;
inline constexpr double cost_unit = 256;

/// Number of elements beyond the end of some tables that are read but not used.
inline constexpr std::size_t parse_margin = 16;

/// Costs of the symbols, extra bits included.
struct Costs {
  std::array<Cost, 256> literal{};
  std::array<Cost, longest_match + 1 + parse_margin> length{};
  std::array<Cost, distance_symbols> distance{};
};

/// Parses the bytes from `begin` to `end` of `data`.
struct ParseJob {
  const std::uint8_t* data = nullptr;
  std::size_t begin = 0;
  std::size_t end = 0;
  const Match* matches = nullptr;        ///< grouped by position, shorter ones first
  const std::uint32_t* first = nullptr;  ///< index in `matches` of each position's first match
  const Costs* costs = nullptr;
  Cost* cost = nullptr;             ///< scratch memory of end + 1 + parse_margin elements
  std::uint32_t* choice = nullptr;  ///< result, per position: length << 16 | distance (or the byte)
};

/// Finds the best choice at each position by dynamic programming from the end; on a tie, the
/// shortest. Gives the same result on all instruction sets. Thread-safe.
void parse(const ParseJob& job);
/// Scalar version, for tests.
void parse_plainly(const ParseJob& job);

}  // namespace imgmill::png
