#include "webp/entropy.h"

#include <algorithm>

namespace imgmill::webp {
namespace {

// Returns -log2(p / 256) in 256ths, with integers for the same result everywhere. Each squaring of
// a 30-bit fraction gives one bit of the logarithm.
constexpr std::uint16_t cost_of(std::uint32_t p) {
  p = std::max<std::uint32_t>(p, 1);
  constexpr int fraction_bits = 10;
  std::uint64_t value = std::uint64_t{p} << 30;
  int whole = 0;
  while (value >= std::uint64_t{2} << 30) {
    value >>= 1;
    ++whole;
  }
  std::uint32_t log = 0;
  for (int bit = 0; bit < fraction_bits; ++bit) {
    value = (value * value) >> 30;
    log <<= 1;
    if (value >= std::uint64_t{2} << 30) {
      value >>= 1;
      log |= 1;
    }
  }
  const std::uint32_t log2 = (static_cast<std::uint32_t>(whole) << fraction_bits) + log;
  return static_cast<std::uint16_t>(((8U << fraction_bits) - log2 + 2) >> (fraction_bits - 8));
}

constexpr std::array<std::uint16_t, 256> make_bit_costs() {
  std::array<std::uint16_t, 256> costs{};
  for (std::uint32_t p = 0; p < 256; ++p) costs[p] = cost_of(p);
  return costs;
}

}  // namespace

constinit const std::array<std::uint16_t, 256> bit_costs = make_bit_costs();

namespace {

constexpr std::array<std::uint16_t, 256> known_costs = make_bit_costs();

constexpr int known_cost(bool bit, std::uint32_t probability) {
  return known_costs[bit ? 256 - probability : probability];
}

constexpr std::array<std::uint16_t, highest_level + 1> make_extra_costs() {
  std::array<std::uint16_t, highest_level + 1> costs{};
  for (int size = 1; size <= highest_level; ++size) {
    int cost = known_cost(false, 128);
    std::size_t category = categories.size();
    while (category > 0 && size < categories[category - 1].least) --category;
    if (category > 0) {
      const Category& row = categories[category - 1];
      for (std::size_t bit = 0; bit < row.bits; ++bit) {
        const bool set = (((size - row.least) >> (row.bits - 1 - bit)) & 1) != 0;
        cost += known_cost(set, row.probabilities[bit]);
      }
    }
    costs[static_cast<std::size_t>(size)] = static_cast<std::uint16_t>(cost);
  }
  return costs;
}

std::array<std::uint16_t, whole_modes> make_mode_costs(bool luma) {
  std::array<std::uint16_t, whole_modes> costs{};
  for (std::size_t mode = 0; mode < whole_modes; ++mode) {
    int cost = luma ? bit_cost(true, block_flag_probability) : 0;
    const auto add = [&](bool bit, int probability) { cost += bit_cost(bit, probability); };
    if (luma) {
      tell_luma_mode(static_cast<WholeMode>(mode), add);
    } else {
      tell_chroma_mode(static_cast<WholeMode>(mode), add);
    }
    costs[mode] = static_cast<std::uint16_t>(cost);
  }
  return costs;
}

BlockModeCosts make_block_mode_costs() {
  BlockModeCosts costs{};
  for (std::size_t above = 0; above < block_modes; ++above) {
    for (std::size_t left = 0; left < block_modes; ++left) {
      for (std::size_t mode = 0; mode < block_modes; ++mode) {
        int cost = 0;
        tell_block_mode(static_cast<BlockMode>(mode), above, left,
                        [&](bool bit, int probability) { cost += bit_cost(bit, probability); });
        costs[above][left][mode] = static_cast<std::uint16_t>(cost);
      }
    }
  }
  return costs;
}

}  // namespace

constinit const std::array<std::uint16_t, highest_level + 1> extra_costs = make_extra_costs();
const std::array<std::uint16_t, whole_modes> luma_mode_costs = make_mode_costs(true);
const std::array<std::uint16_t, whole_modes> chroma_mode_costs = make_mode_costs(false);
const std::uint16_t block_flag_cost =
    static_cast<std::uint16_t>(known_cost(false, block_flag_probability));
const BlockModeCosts block_mode_costs = make_block_mode_costs();

Probabilities best_probabilities(const ForkCounts& counts) {
  Probabilities best = default_probabilities;
  for (std::size_t kind = 0; kind < block_kinds; ++kind) {
    for (std::size_t band = 0; band < bands; ++band) {
      for (std::size_t context = 0; context < contexts; ++context) {
        for (std::size_t fork = 0; fork < forks; ++fork) {
          const std::uint64_t zeros = counts.counts[kind][band][context][fork][0];
          const std::uint64_t ones = counts.counts[kind][band][context][fork][1];
          if (zeros + ones == 0) continue;
          const auto usual = default_probabilities[kind][band][context][fork];
          const auto update = update_probabilities[kind][band][context][fork];
          const auto fitting = static_cast<std::uint8_t>(std::clamp<std::uint64_t>(
              (256 * zeros + (zeros + ones) / 2) / (zeros + ones), 1, 255));
          const auto cost = [&](int p) {
            return zeros * bit_costs[static_cast<std::size_t>(p)] +
                   ones * bit_costs[static_cast<std::size_t>(256 - p)];
          };
          const std::uint64_t told = 8 * 256 + static_cast<std::uint64_t>(bit_cost(true, update));
          const auto untold = static_cast<std::uint64_t>(bit_cost(false, update));
          if (cost(fitting) + told < cost(usual) + untold) {
            best[kind][band][context][fork] = fitting;
          }
        }
      }
    }
  }
  return best;
}

void fill_costs(const Probabilities& probabilities, TokenCosts& costs) {
  for (std::size_t kind = 0; kind < block_kinds; ++kind) {
    for (std::size_t band = 0; band < bands; ++band) {
      for (std::size_t context = 0; context < contexts; ++context) {
        const Forks& p = probabilities[kind][band][context];
        const auto bit = [&](std::size_t fork, bool value) { return bit_cost(value, p[fork]); };
        costs.end[kind][band][context] = static_cast<std::uint16_t>(bit(0, false));
        if (context == 0) costs.begin[kind][band] = static_cast<std::uint16_t>(bit(0, true));
        auto& level = costs.level[kind][band][context];
        const int goes_on = context == 0 ? 0 : bit(0, true);
        const auto set = [&](int from, int to, int cost) {
          std::fill(level + from, level + to + 1, static_cast<std::uint16_t>(cost));
        };
        set(0, 0, goes_on + bit(1, false));
        const int some = goes_on + bit(1, true);
        set(1, 1, some + bit(2, false));
        const int more = some + bit(2, true);
        const int few = more + bit(3, false);
        set(2, 2, few + bit(4, false));
        set(3, 3, few + bit(4, true) + bit(5, false));
        set(4, 4, few + bit(4, true) + bit(5, true));
        const int large = more + bit(3, true);
        set(5, 6, large + bit(6, false) + bit(7, false));
        set(7, 10, large + bit(6, false) + bit(7, true));
        const int larger = large + bit(6, true);
        set(11, 18, larger + bit(8, false) + bit(9, false));
        set(19, 34, larger + bit(8, false) + bit(9, true));
        set(35, 66, larger + bit(8, true) + bit(10, false));
        set(many, many, larger + bit(8, true) + bit(10, true));
      }
    }
  }
}

}  // namespace imgmill::webp
