#include "jpeg/trellis.h"

#include <bit>
#include <limits>

namespace imgmill::jpeg {
namespace {

// So many steps are never dropped: no code is that long.
constexpr float too_large_to_drop = 2.5F;

// The next lower level is worth a look where its size class is smaller and the
// coefficient lies this far below the level it rounds to.
constexpr float far_below = -0.2F;

}  // namespace

Trellis::Node Trellis::best_way_to(int k, float size, int first, int count, float price) const {
  const float weight = weights_[zigzag[static_cast<std::size_t>(k)]];
  const float all = nodes_[static_cast<std::size_t>(count - 1)].dropped;
  const int nearest = static_cast<int>(size + 0.5F);
  const int bits = static_cast<int>(std::bit_width(static_cast<unsigned>(nearest)));
  const float error = size - static_cast<float>(nearest);
  const float nearest_cost = weight * error * error;
  const float lower_cost = weight * (error + 1) * (error + 1);
  const bool lower =
      nearest > 1 && error < far_below && std::has_single_bit(static_cast<unsigned>(nearest));
  Node best{.k = k,
            .level = nearest,
            .cost = std::numeric_limits<float>::max(),
            .dropped = all + weight * size * size};
  for (int i = count - 1; i >= first; --i) {
    const Node& before = nodes_[static_cast<std::size_t>(i)];
    const float so_far = before.cost + all - before.dropped;
    const int run = k - before.k - 1;
    const float cost = so_far + nearest_cost + price * rates_.bits(run, bits);
    if (cost < best.cost) {
      best.cost = cost;
      best.level = nearest;
      best.before = i;
    }
    if (!lower) continue;
    const float less = so_far + lower_cost + price * rates_.bits(run, bits - 1);
    if (less < best.cost) {
      best.cost = less;
      best.level = nearest - 1;
      best.before = i;
    }
  }
  return best;
}

void Trellis::solve(const BlockValues& sizes, std::uint64_t candidates, float price,
                    const std::int16_t* signs, std::int16_t* levels) {
  nodes_[0] = {};
  int count = 1;
  int first = 0;  // no node before it can precede what follows
  for (; candidates != 0; candidates &= candidates - 1) {
    const int k = std::countr_zero(candidates);
    const float size = sizes[zigzag[static_cast<std::size_t>(k)]];
    nodes_[static_cast<std::size_t>(count)] = best_way_to(k, size, first, count, price);
    if (size > too_large_to_drop) first = count;
    ++count;
  }
  const float all = nodes_[static_cast<std::size_t>(count - 1)].dropped;
  int last = 0;
  float least = std::numeric_limits<float>::max();
  for (int i = first; i < count; ++i) {
    const Node& node = nodes_[static_cast<std::size_t>(i)];
    const float end = node.k < 63 ? price * rates_.end() : 0;
    const float cost = node.cost + all - node.dropped + end;
    if (cost < least) {
      least = cost;
      last = i;
    }
  }
  while (last > 0) {
    const Node& node = nodes_[static_cast<std::size_t>(last)];
    const std::size_t at = zigzag[static_cast<std::size_t>(node.k)];
    levels[at] = static_cast<std::int16_t>(signs[at] < 0 ? -node.level : node.level);
    last = node.before;
  }
}

}  // namespace imgmill::jpeg
