// Which matches to take: the cheapest way through bytes whose matches are all known.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "png/huffman.h"
#include "png/match.h"

namespace imgmill::png {

/// Fractions of a bit; 256 are one.
using Cost = std::uint32_t;
inline constexpr double cost_unit = 256;

/// What is read beyond the end of some tables, and not used, elements.
inline constexpr std::size_t parse_margin = 16;

/// What symbols cost, extra bits included.
struct Costs {
  std::array<Cost, 256> literal{};
  std::array<Cost, longest_match + 1 + parse_margin> length{};
  std::array<Cost, distance_symbols> distance{};
};

/// Bytes `begin` to `end` of `data`.
struct ParseJob {
  const std::uint8_t* data = nullptr;
  std::size_t begin = 0;
  std::size_t end = 0;
  const Match* matches = nullptr;        ///< of each place behind each other, shorter ones first
  const std::uint32_t* first = nullptr;  ///< where those of a place begin in `matches`
  const Costs* costs = nullptr;
  Cost* cost = nullptr;             ///< end + 1 + parse_margin of them; are overwritten
  std::uint32_t* choice = nullptr;  ///< for each place: length << 16 | distance (or the byte)
};

/// The best choice at each place, by dynamic programming from the end on; of equals the
/// shortest. The same on all instruction sets. Thread-safe.
void parse(const ParseJob& job);
/// The same without vectors, for tests.
void parse_plainly(const ParseJob& job);

}  // namespace imgmill::png
