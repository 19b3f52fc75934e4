#include "webp/trellis.h"

#include <algorithm>
#include <cstdlib>

namespace imgmill::webp {
namespace {

// A candidate level of a coefficient, and the best path to it.
struct Node {
  std::int64_t score;
  std::int16_t level;
  std::uint8_t before;  ///< which node of the position before
};

}  // namespace

Weighed weigh(const std::int16_t* coefficients, const Matrix& matrix, BlockKind kind,
              std::size_t context, const TokenCosts& costs, int lambda, std::int16_t* levels) {
  const std::size_t first = kind == kind_luma_ac ? 1 : 0;
  std::fill_n(levels, 16, std::int16_t{0});
  int sizes[16];
  int nearest[16];
  Weighed result;
  std::size_t end = 0;
  for (std::size_t at = first; at < 16; ++at) {
    const int size = std::abs(coefficients[at]);
    const int weighed = size * matrix.weights[at];
    result.distortion += std::int64_t{weighed} * weighed;
    sizes[at] = size;
    const int step = matrix.steps[at];
    const int level = (size * matrix.inverse[at]) >> 16;
    // Truncation of the inverse may have lost a whole level as well.
    nearest[at] = level + (2 * (size - level * step) > step ? 1 : 0);
    nearest[at] += 2 * (size - nearest[at] * step) > step ? 1 : 0;
    if (nearest[at] > 0) end = at + 1;
  }
  if (end == 0) return result;

  const std::int64_t nothing = std::int64_t{lambda} * costs.end[kind][band_of[first]][context];
  std::int64_t best = nothing;
  std::size_t best_end = 0;
  std::uint8_t best_node = 0;

  Node nodes[16][2];
  int counts[16];
  for (std::size_t at = first; at < end; ++at) {
    const std::size_t band = band_of[at];
    const int step = matrix.steps[at];
    const std::int64_t weight = matrix.weights[at];
    const int size = sizes[at];
    const int most = nearest[at];
    counts[at] = most > 0 ? 2 : 1;
    for (int i = 0; i < counts[at]; ++i) {
      const int level = most - i;
      const std::int64_t error = size - level * step;
      // Relative to a level of 0.
      const std::int64_t change =
          16 * weight * weight * (error * error - std::int64_t{size} * size);
      const int index = std::min(level, many);
      const int extra = extra_costs[static_cast<std::size_t>(level)];
      Node& node = nodes[at][i];
      node.level = static_cast<std::int16_t>(level);
      node.before = 0;
      if (at == first) {
        const int begin = context == 0 ? costs.begin[kind][band] : 0;
        node.score =
            std::int64_t{lambda} * (begin + costs.level[kind][band][context][index] + extra);
      } else {
        const auto through = [&](int from) {
          const Node& before = nodes[at - 1][from];
          return before.score +
                 std::int64_t{lambda} *
                     (costs.level[kind][band][context_of(before.level)][index] + extra);
        };
        node.score = through(0);
        if (counts[at - 1] == 2) {
          const std::int64_t other = through(1);
          if (other < node.score) {
            node.score = other;
            node.before = 1;
          }
        }
      }
      node.score += change;
      if (level > 0) {
        const std::int64_t ends =
            at < 15 ? std::int64_t{lambda} * costs.end[kind][band_of[at + 1]][context_of(level)]
                    : 0;
        if (node.score + ends < best) {
          best = node.score + ends;
          best_end = at + 1;
          best_node = static_cast<std::uint8_t>(i);
        }
      }
    }
  }

  result.end = best_end;
  std::uint8_t which = best_node;
  for (std::size_t at = best_end; at-- > first;) {
    const Node& node = nodes[at][which];
    const int error = sizes[at] - node.level * matrix.steps[at];
    const int weight = matrix.weights[at];
    result.distortion += std::int64_t{weight} * weight *
                         (std::int64_t{error} * error - std::int64_t{sizes[at]} * sizes[at]);
    levels[at] = coefficients[at] < 0 ? static_cast<std::int16_t>(-node.level) : node.level;
    which = node.before;
  }
  return result;
}

}  // namespace imgmill::webp
