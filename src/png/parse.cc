#include "png/parse.h"

#include <algorithm>
#include <cstddef>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "png/parse.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::png {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void Parse(const ParseJob& job) {
  const hn::CappedTag<std::uint32_t, parse_margin> d;
  const std::size_t thread_count = hn::Lanes(d);
  const auto ascending = hn::Iota(d, 0);
  // For fewer lengths than this, vectors cost more than they save.
  constexpr unsigned few = 8;
  // Raw pointers only: this is where most of the time is spent.
  const Costs& costs = *job.costs;
  const Cost* const length_cost = costs.length.data();
  Cost* const cost = job.cost;
  cost[job.end] = 0;
  for (std::size_t at = job.end; at-- > job.begin;) {
    const std::uint8_t byte = job.data[at];
    const Match* match = job.matches + job.first[at];
    const Match* const stop = job.matches + job.first[at + 1];
    Cost best = costs.literal[byte] + cost[at + 1];
    std::uint32_t choice = 1U << 16 | byte;
    std::size_t length = shortest_match;
    const std::size_t room = job.end - at;
    if (match == stop || std::min<std::size_t>(stop[-1].length, room) < shortest_match + few) {
      for (; match < stop; ++match) {
        const Cost distance = costs.distance[match->symbol];
        const std::size_t most = std::min<std::size_t>(match->length, room);
        for (; length <= most; ++length) {
          const Cost now = distance + length_cost[length] + cost[at + length];
          const auto way = static_cast<std::uint32_t>(length << 16 | match->distance);
          choice = now < best ? way : choice;
          best = now < best ? now : best;
        }
      }
    } else {
      // Each lane keeps the best of its own lengths.
      auto least = hn::Set(d, best);
      auto chosen = hn::Set(d, choice);
      for (; match < stop; ++match) {
        const std::size_t most = std::min<std::size_t>(match->length, room);
        const auto distance_cost = hn::Set(d, costs.distance[match->symbol]);
        const auto distance = hn::Set(d, match->distance);
        while (length <= most) {
          auto now = hn::Add(hn::LoadU(d, length_cost + length), hn::LoadU(d, cost + at + length));
          now = hn::Add(now, distance_cost);
          const std::size_t left = most - length + 1;
          if (left < thread_count) now = hn::IfThenElse(hn::FirstN(d, left), now, least);
          const auto lower = hn::Min(least, now);
          const auto lengths = hn::Add(ascending, hn::Set(d, static_cast<std::uint32_t>(length)));
          const auto way = hn::Or(hn::ShiftLeft<16>(lengths), distance);
          chosen = hn::IfThenElse(hn::Eq(lower, least), chosen, way);
          least = lower;
          length += std::min(left, thread_count);
        }
      }
      // On a tie the shortest, whose choice is the smallest number.
      const auto smallest = hn::MinOfLanes(d, least);
      const auto others = hn::Set(d, ~std::uint32_t{0});
      chosen = hn::IfThenElse(hn::Eq(least, smallest), chosen, others);
      best = hn::GetLane(smallest);
      choice = hn::GetLane(hn::MinOfLanes(d, chosen));
    }
    cost[at] = best;
    job.choice[at] = choice;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::png
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill::png {

HWY_EXPORT(Parse);

void parse(const ParseJob& job) { HWY_DYNAMIC_DISPATCH(Parse)(job); }

void parse_plainly(const ParseJob& job) {
  const Costs& costs = *job.costs;
  job.cost[job.end] = 0;
  for (std::size_t at = job.end; at-- > job.begin;) {
    job.cost[at] = costs.literal[job.data[at]] + job.cost[at + 1];
    job.choice[at] = 1U << 16 | job.data[at];
    std::size_t length = shortest_match;
    for (std::uint32_t i = job.first[at]; i < job.first[at + 1]; ++i) {
      const Match& match = job.matches[i];
      for (; length <= std::min<std::size_t>(match.length, job.end - at); ++length) {
        const Cost now =
            costs.distance[match.symbol] + costs.length[length] + job.cost[at + length];
        if (now >= job.cost[at]) continue;
        job.cost[at] = now;
        job.choice[at] = static_cast<std::uint32_t>(length << 16 | match.distance);
      }
    }
  }
}

}  // namespace imgmill::png
#endif
