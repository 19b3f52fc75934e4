#include "png/parse.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "quality/ssimulacra2.h"
#include "quality/ssimulacra2_simd.h"

namespace imgmill::png {
namespace {

struct Parsed {
  std::vector<Cost> cost;
  std::vector<std::uint32_t> choice;
  bool operator==(const Parsed&) const = default;
};

/// Bytes with arbitrary matches: a parse does not check that they are real.
struct Problem {
  std::vector<std::uint8_t> data;
  std::vector<Match> matches;
  std::vector<std::uint32_t> first;
  Costs costs;

  Problem(std::size_t size, unsigned longest, unsigned seed) {
    std::mt19937 generator(seed);
    const auto random = [&] { return static_cast<unsigned>(generator()); };
    // Few distinct costs, so that there are ties.
    for (Cost& cost : costs.literal) cost = 512 + 256 * (random() % 4);
    for (Cost& cost : costs.length) cost = 512 + 256 * (random() % 4);
    for (Cost& cost : costs.distance) cost = 256 * (random() % 4);
    for (std::size_t at = 0; at < size; ++at) {
      data.push_back(static_cast<std::uint8_t>(random()));
      first.push_back(static_cast<std::uint32_t>(matches.size()));
      for (unsigned length = 2 + random() % 3; length < longest; length += 1 + random() % longest) {
        if (length < shortest_match) continue;
        matches.push_back({static_cast<std::uint16_t>(length),
                           static_cast<std::uint16_t>(1 + random() % 32768),
                           random() % static_cast<unsigned>(distance_symbols)});
      }
    }
    first.push_back(static_cast<std::uint32_t>(matches.size()));
  }

  template <typename Parse>
  [[nodiscard]] Parsed solved(std::size_t begin, std::size_t end, const Parse& by) const {
    Parsed parsed;
    parsed.cost.assign(data.size() + 1 + parse_margin, 0);
    parsed.choice.assign(data.size(), 0);
    by(ParseJob{.data = data.data(),
                .begin = begin,
                .end = end,
                .matches = matches.data(),
                .first = first.data(),
                .costs = &costs,
                .cost = parsed.cost.data(),
                .choice = parsed.choice.data()});
    return parsed;
  }
};

TEST(Parse, VectorsAreThePlainCodeToTheLastBit) {
  for (const std::string_view target : simd_targets()) {
    ASSERT_TRUE(quality::choose_simd_target(target)) << target;
    for (const unsigned longest : {4U, 11U, 12U, 19U, 40U, longest_match + 1}) {
      for (const std::size_t size : {1, 2, 3, 7, 20, 300, 1000}) {
        const Problem problem(size, longest, static_cast<unsigned>(size) + longest);
        const std::size_t begin = size / 3;
        for (const std::size_t end : {size, size - size / 5}) {
          EXPECT_EQ(problem.solved(begin, end, parse), problem.solved(begin, end, parse_plainly))
              << target << ", " << size << " bytes, matches up to " << longest;
        }
      }
    }
  }
  quality::choose_simd_target("");
}

TEST(Parse, TakesTheCheapestWay) {
  Problem problem(10, 3, 1);
  problem.costs.literal.fill(1000);
  problem.costs.length.fill(1500);
  problem.costs.length[6] = 900;
  problem.costs.distance.fill(0);
  // A match of 8 at the first position: 6 of it and four bytes cost 4900, 8 and two 3500.
  problem.matches = {{8, 77, 0}};
  problem.first.assign(11, 1);
  problem.first[0] = 0;
  const Parsed parsed = problem.solved(0, 10, parse);
  EXPECT_EQ(parsed.choice[0], 8U << 16 | 77U);
  EXPECT_EQ(parsed.cost[0], 3500U);
  EXPECT_EQ(parsed.choice[9], 1U << 16 | problem.data[9]);
}

}  // namespace
}  // namespace imgmill::png
