#include "jpeg/trellis.h"

#include <bit>
#include <limits>

namespace imgmill::jpeg {
namespace {

// Coefficients above this many steps are never dropped: no code is that long.
constexpr float too_large_to_drop = 2.5F;

// The next lower level is considered if its size class is smaller and the coefficient is this far
// below the level it rounds to.
constexpr float far_below = -0.2F;

}  // namespace

void Trellis::add_node(int index, int k, float size, int first, float dropped, float price) {
  const float weight = weights_.data()[zigzag.data()[k]];
  const int nearest = static_cast<int>(size + 0.5F);
  const int bits = static_cast<int>(std::bit_width(static_cast<unsigned>(nearest)));
  const float error = size - static_cast<float>(nearest);
  const float* rates = rates_.of_size(bits);
  float least = std::numeric_limits<float>::max();
  int before = first;
  for (int i = index - 1; i >= first; --i) {
    const float cost = nodes_.gain[i] + price * rates[k - nodes_.k[i] - 1];
    before = cost < least ? i : before;
    least = cost < least ? cost : least;
  }
  float cost = least + weight * error * error;
  int level = nearest;
  if (nearest > 1 && error < far_below && std::has_single_bit(static_cast<unsigned>(nearest))) {
    const float lower_cost = weight * (error + 1) * (error + 1);
    const float* lower_rates = rates_.of_size(bits - 1);
    for (int i = index - 1; i >= first; --i) {
      const float other = nodes_.gain[i] + price * lower_rates[k - nodes_.k[i] - 1] + lower_cost;
      if (other >= cost) continue;
      cost = other;
      before = i;
      level = nearest - 1;
    }
  }
  nodes_.k[index] = k;
  nodes_.level[index] = level;
  nodes_.before[index] = before;
  // The cost of dropping everything before it is included in all costs from here on.
  nodes_.gain[index] = cost - dropped;
}

void Trellis::solve(const BlockValues& sizes, std::uint64_t candidates, float price,
                    const std::int16_t* signs, std::int16_t* levels) {
  nodes_.k[0] = 0;
  nodes_.gain[0] = 0;
  int count = 1;
  int first = 0;  // earlier nodes cannot precede later ones
  for (; candidates != 0; candidates &= candidates - 1) {
    const int k = std::countr_zero(candidates);
    const std::size_t at = zigzag.data()[k];
    const float size = sizes.data()[at];
    add_node(count, k, size, first, weights_.data()[at] * size * size, price);
    if (size > too_large_to_drop) first = count;
    ++count;
  }
  int last = 0;
  float least = std::numeric_limits<float>::max();
  for (int i = first; i < count; ++i) {
    const float cost = nodes_.gain[i] + (nodes_.k[i] < 63 ? price * rates_.end() : 0);
    if (cost >= least) continue;
    least = cost;
    last = i;
  }
  while (last > 0) {
    const std::size_t at = zigzag.data()[nodes_.k[last]];
    const int level = nodes_.level[last];
    levels[at] = static_cast<std::int16_t>(signs[at] < 0 ? -level : level);
    last = nodes_.before[last];
  }
}

}  // namespace imgmill::jpeg
