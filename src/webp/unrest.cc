#include "webp/unrest.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace imgmill::webp {
namespace {

// Returns the base-2 logarithm in 64ths: the integer part, plus a parabola for the fraction with an
// error of less than a 64th.
int logarithm(std::uint32_t value) {
  const int whole = std::bit_width(value) - 1;
  const auto rest = static_cast<std::int64_t>((std::uint64_t{value} << (32 - whole)) & 0xFFFFFFFF);
  // rest + 0.344 rest (1 - rest)
  const std::int64_t bent = rest + ((rest * ((std::int64_t{1} << 32) - rest) >> 32) * 88 >> 8);
  return 64 * whole + static_cast<int>(bent >> 26);
}

// Luma variances below this look alike.
constexpr std::uint32_t least_variance = 4;

// Returns the mean logarithm of the standard deviations, in steps.
int unrest_at(const std::uint8_t* samples, std::size_t stride) {
  int sum = 0;
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    const std::uint8_t* at = samples + quarter / 2 * 8 * stride + quarter % 2 * 8;
    std::uint32_t total = 0;
    std::uint32_t squares = 0;
    for (std::size_t y = 0; y < 8; ++y) {
      for (std::size_t x = 0; x < 8; ++x) {
        const std::uint32_t value = at[y * stride + x];
        total += value;
        squares += value * value;
      }
    }
    const std::uint32_t variance = (64 * squares - total * total) / 64;  // in 64ths
    sum += logarithm(variance + 64 * least_variance);
  }
  return sum / 8;
}

// Clusters values into four groups by k-means, starting from the medians of quarters.
std::array<int, 4> group_means(const std::vector<std::uint32_t>& histogram, std::uint64_t count) {
  std::array<int, 4> means{};
  std::uint64_t before = 0;
  for (std::size_t value = 0; value < histogram.size(); ++value) {
    for (std::size_t group = 0; group < 4; ++group) {
      const std::uint64_t middle = count * (2 * group + 1) / 8;
      if (before <= middle && middle < before + histogram[value]) {
        means[group] = static_cast<int>(value);
      }
    }
    before += histogram[value];
  }
  constexpr int rounds = 8;
  for (int round = 0; round < rounds; ++round) {
    std::array<std::uint64_t, 4> sums{};
    std::array<std::uint64_t, 4> members{};
    for (std::size_t value = 0; value < histogram.size(); ++value) {
      std::size_t nearest = 0;
      for (std::size_t group = 1; group < 4; ++group) {
        if (std::abs(static_cast<int>(value) - means[group]) <
            std::abs(static_cast<int>(value) - means[nearest])) {
          nearest = group;
        }
      }
      sums[nearest] += std::uint64_t{histogram[value]} * value;
      members[nearest] += histogram[value];
    }
    for (std::size_t group = 0; group < 4; ++group) {
      if (members[group] > 0) {
        means[group] = static_cast<int>((sums[group] + members[group] / 2) / members[group]);
      }
    }
  }
  return means;
}

}  // namespace

Unrest unrest_of(const Planes& planes) {
  const std::size_t count = planes.wide * planes.high;
  std::vector<std::uint16_t> values(count);
  std::vector<std::uint32_t> histogram;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t stride = planes.luma_stride();
    const int value =
        unrest_at(planes.luma.data() + 16 * (i / planes.wide * stride + i % planes.wide), stride);
    values[i] = static_cast<std::uint16_t>(value);
    if (values[i] >= histogram.size()) histogram.resize(std::size_t{values[i]} + 1);
    ++histogram[values[i]];
    sum += values[i];
  }
  const std::array<int, 4> means = group_means(histogram, count);
  const auto mean = static_cast<int>((sum + count / 2) / count);
  Unrest unrest;
  for (std::size_t group = 0; group < 4; ++group) unrest.against_mean[group] = means[group] - mean;
  unrest.groups.reserve(count);
  for (const int value : values) {
    std::size_t nearest = 0;
    for (std::size_t group = 1; group < 4; ++group) {
      if (std::abs(value - means[group]) < std::abs(value - means[nearest])) nearest = group;
    }
    unrest.groups.push_back(static_cast<std::uint8_t>(nearest));
  }
  return unrest;
}

}  // namespace imgmill::webp
