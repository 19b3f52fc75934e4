#include "webp/entropy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "webp/bool_writer.h"
#include "webp/trellis.h"

namespace imgmill::webp {
namespace {

// The bool decoder of RFC 6386, section 7.3.
class BoolReader {
 public:
  explicit BoolReader(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {
    value_ = static_cast<std::uint32_t>(next() << 8);
    value_ |= next();
  }
  bool get(std::uint32_t probability) {
    const std::uint32_t split = 1 + (((range_ - 1) * probability) >> 8);
    const bool bit = value_ >= split << 8;
    if (bit) {
      range_ -= split;
      value_ -= split << 8;
    } else {
      range_ = split;
    }
    while (range_ < 128) {
      value_ <<= 1;
      range_ <<= 1;
      if (++shifts_ == 8) {
        shifts_ = 0;
        value_ |= next();
      }
    }
    return bit;
  }

 private:
  std::uint32_t next() { return at_ < bytes_.size() ? bytes_[at_++] : 0; }
  std::vector<std::uint8_t> bytes_;
  std::size_t at_ = 0;
  std::uint32_t value_ = 0;
  std::uint32_t range_ = 255;
  int shifts_ = 0;
};

TEST(WebpEntropy, BitsComeBack) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::pair<bool, std::uint32_t>> bits;
    BoolWriter writer;
    for (int i = 0; i < 3000; ++i) {
      // Long runs of likely bits make carries propagate far.
      const auto probability = static_cast<std::uint32_t>(seed % 2 == 0 ? 1 + random() % 255 : 255);
      const bool bit = random() % 256 >= probability;
      bits.emplace_back(bit, probability);
      writer.put(bit, probability);
    }
    BoolReader reader(writer.finish());
    for (std::size_t i = 0; i < bits.size(); ++i) {
      ASSERT_EQ(reader.get(bits[i].second), bits[i].first) << "seed " << seed << " bit " << i;
    }
  }
}

TEST(WebpEntropy, CostsAreLogarithms) {
  for (int p = 1; p < 256; ++p) {
    EXPECT_NEAR(bit_cost(false, p), -256 * std::log2(p / 256.0), 1) << p;
  }
}

struct Tallying {
  const Probabilities& probabilities;
  int cost = 0;
  void fork(std::size_t kind, std::size_t band, std::size_t context, std::size_t which, bool bit) {
    cost += bit_cost(bit, probabilities[kind][band][context][which]);
  }
  void fixed(bool bit, std::uint32_t probability) {
    cost += bit_cost(bit, static_cast<int>(probability));
  }
};

std::vector<std::int16_t> random_levels(std::mt19937& random) {
  std::vector<std::int16_t> levels(16);
  const std::uint32_t reach = 1U << (random() % 12);
  for (auto& level : levels) {
    if (random() % 3 == 0) continue;
    const int size = static_cast<int>(random() % reach);
    level = static_cast<std::int16_t>(random() % 2 == 0 ? size : -size);
  }
  return levels;
}

TEST(WebpEntropy, BlocksCostWhatTheirTokensCost) {
  TokenCosts costs;
  fill_costs(default_probabilities, costs);
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::int16_t> levels = random_levels(random);
    const auto kind = static_cast<BlockKind>(random() % block_kinds);
    if (kind == kind_luma_ac) levels[0] = 0;
    std::size_t end = 16;
    while (end > 0 && levels[end - 1] == 0) --end;
    const std::size_t context = random() % contexts;
    Tallying tally{default_probabilities};
    tell_block(tally, kind, context, levels.data(), end);
    EXPECT_EQ(block_cost(costs, kind, context, levels.data(), end), tally.cost);
  }
}

TEST(WebpEntropy, FittedProbabilitiesAreCheaper) {
  std::mt19937 random(9);
  ForkCounts counts;
  for (int round = 0; round < 4000; ++round) {
    const std::vector<std::int16_t> levels = random_levels(random);
    std::size_t end = 16;
    while (end > 0 && levels[end - 1] == 0) --end;
    tell_block(counts, kind_luma, random() % contexts, levels.data(), end);
  }
  const Probabilities fitted = best_probabilities(counts);
  const auto cost = [&](const Probabilities& probabilities) {
    double sum = 0;
    for (std::size_t band = 0; band < bands; ++band) {
      for (std::size_t context = 0; context < contexts; ++context) {
        for (std::size_t fork = 0; fork < forks; ++fork) {
          const auto& count = counts.counts[kind_luma][band][context][fork];
          const int p = probabilities[kind_luma][band][context][fork];
          EXPECT_GE(p, 1);
          sum +=
              double{1} * count[0] * bit_cost(false, p) + double{1} * count[1] * bit_cost(true, p);
        }
      }
    }
    return sum;
  };
  EXPECT_LT(cost(fitted), 0.95 * cost(default_probabilities));
  // Probabilities without any statistics stay at their defaults.
  EXPECT_EQ(fitted[kind_chroma], default_probabilities[kind_chroma]);
}

Matrix plain_matrix(int step) {
  Matrix matrix;
  matrix.steps.fill(static_cast<std::uint16_t>(step));
  matrix.inverse.fill(static_cast<std::uint16_t>(65536 / step));
  matrix.bias.fill(static_cast<std::uint16_t>(step / 2));
  matrix.weights.fill(16);
  return matrix;
}

std::int64_t distortion(const std::int16_t* coefficients, const std::int16_t* levels, int step,
                        std::size_t first) {
  std::int64_t sum = 0;
  for (std::size_t at = first; at < 16; ++at) {
    const std::int64_t error = 16 * (coefficients[at] - levels[at] * step);
    sum += error * error;
  }
  return sum;
}

TEST(WebpTrellis, IsNeverWorseThanRounding) {
  TokenCosts costs;
  fill_costs(default_probabilities, costs);
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    const int step = 4 + static_cast<int>(random() % 60);
    const Matrix matrix = plain_matrix(step);
    const auto kind = static_cast<BlockKind>(random() % block_kinds);
    const std::size_t first = kind == kind_luma_ac ? 1 : 0;
    const std::size_t context = random() % contexts;
    const int lambda = step * step;
    std::int16_t coefficients[16] = {};
    std::int16_t rounded[16] = {};
    std::size_t end = 0;
    for (std::size_t at = first; at < 16; ++at) {
      const int reach = 1 + 1000 / static_cast<int>(1 + at * at);
      coefficients[at] = static_cast<std::int16_t>(static_cast<int>(random() % 1000) % reach *
                                                   (random() % 2 == 0 ? 1 : -1));
      const int size = (std::abs(coefficients[at]) + (step - 1) / 2) / step;
      rounded[at] = static_cast<std::int16_t>(coefficients[at] < 0 ? -size : size);
      if (size > 0) end = at + 1;
    }
    std::int16_t levels[16];
    const Weighed weighed = weigh(coefficients, matrix, kind, context, costs, lambda, levels);
    EXPECT_EQ(weighed.distortion, distortion(coefficients, levels, step, first));
    const auto score = [&](const std::int16_t* of, std::size_t to) {
      return 16 * distortion(coefficients, of, step, first) +
             std::int64_t{lambda} * block_cost(costs, kind, context, of, to);
    };
    EXPECT_LE(score(levels, weighed.end), score(rounded, end));
  }
}

}  // namespace
}  // namespace imgmill::webp
