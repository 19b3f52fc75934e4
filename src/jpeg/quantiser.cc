#include "jpeg/quantiser.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/simd_targets.h"
#include "jpeg/significance.h"
#include "jpeg/trellis.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/quantiser.cc"
#include <hwy/foreach_target.h>
// Must follow foreach_target.h, which includes the code below once per instruction set.
#include <hwy/highway.h>

// Simple loops over 64 values: compiled once per instruction set, so that the compiler vectorizes
// them.
HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {

// The sum of squared coefficients of each block, scaled by `scale`. Sums are accumulated by column,
// so that every instruction set adds in the same order.
void Energies(const std::int16_t* levels, std::size_t blocks, const float* HWY_RESTRICT scale,
              float* HWY_RESTRICT out) {
  for (std::size_t block = 0; block < blocks; ++block, levels += block_coefficients) {
    float sums[16] = {};
    for (std::size_t row = 0; row < block_coefficients; row += 16) {
      for (std::size_t k = 0; k < 16; ++k) {
        const float value = static_cast<float>(levels[row + k]) * scale[row + k];
        sums[k] += value * value;
      }
    }
    float sum = 0;
    for (const float part : sums) sum += part;
    out[block] = sum;
  }
}

// The magnitudes of a block in new steps. Returns a bit mask, in natural order, of the coefficients
// that round to 1 or more.
std::uint64_t Sizes(const std::int16_t* HWY_RESTRICT levels, const float* HWY_RESTRICT ratio,
                    float* HWY_RESTRICT sizes) {
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    const int level = levels[k];
    const float size = static_cast<float>(level < 0 ? -level : level) * ratio[k];
    // Files cannot hold larger levels; the writer rejects them.
    sizes[k] = size < 16383.0F ? size : 16383.0F;
  }
  const hwy::HWY_NAMESPACE::CappedTag<float, block_coefficients> d;
  const auto half = Set(d, 0.5F);
  std::uint64_t bits = 0;
  for (std::size_t k = 0; k < block_coefficients; k += Lanes(d)) {
    std::uint8_t part[8] = {};
    StoreMaskBits(d, Ge(LoadU(d, sizes + k), half), part);
    std::uint64_t some = 0;
    std::memcpy(&some, part, sizeof some);
    bits |= some << k;
  }
  return bits;
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::jpeg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace imgmill::jpeg {
namespace {

HWY_EXPORT(Energies);
HWY_EXPORT(Sizes);

// Maximum price: dropping coefficients well above half a step never pays off.
constexpr float highest_price = 1;

// The influence of the surrounding blocks on the masking in a block.
constexpr float share_of_neighbours = 0.35F;

// How far a block's variance exceeds the masking variance, in octaves, partly averaged with its
// neighbours.
std::vector<float> masking(const Plane& source, float masking_variance) {
  std::array<float, block_coefficients> scale;
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    // The transform preserves sums of squares: 64 times the variance of the samples.
    scale[k] = k == 0 ? 0 : source.unit * static_cast<float>(source.steps[k]) / 8;
  }
  std::vector<float> own(source.blocks());
  HWY_DYNAMIC_DISPATCH(Energies)(source.levels.get(), own.size(), scale.data(), own.data());
  for (float& value : own) value = std::log2(1 + value / masking_variance);

  std::vector<float> result(own.size());
  const std::size_t wide = source.blocks_wide;
  const std::size_t high = source.blocks_high;
  for (std::size_t y = 0; y < high; ++y) {
    const std::size_t above = y == 0 ? 0 : y - 1;
    const std::size_t below = std::min(y + 1, high - 1);
    for (std::size_t x = 0; x < wide; ++x) {
      const std::size_t left = x == 0 ? 0 : x - 1;
      const std::size_t right = std::min(x + 1, wide - 1);
      float around = 0;
      for (const std::size_t row : {above, y, below}) {
        for (const std::size_t column : {left, x, right}) around += own[row * wide + column];
      }
      result[y * wide + x] =
          (1 - share_of_neighbours) * own[y * wide + x] + share_of_neighbours * around / 9;
    }
  }
  return result;
}

BlockValues weights_for(const Steps& steps, const Steps& seen, const Worth& worth) {
  BlockValues weights;
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    const auto u = static_cast<float>(k % 8);
    const auto v = static_cast<float>(k / 8);
    const float share = static_cast<float>(steps[k]) / static_cast<float>(seen[k]);
    weights[k] =
        share * share * std::exp(worth.frequency_slope * (std::sqrt(u * u + v * v) / 7 - 0.5F));
  }
  return weights;
}

std::int16_t rounded_like(float size, std::int16_t sign) {
  const auto level = static_cast<std::int16_t>(size + 0.5F);
  return static_cast<std::int16_t>(sign < 0 ? -level : level);
}

void round_all(const BlockValues& sizes, std::uint64_t candidates, const std::int16_t* signs,
               std::int16_t* levels) {
  for (; candidates != 0; candidates &= candidates - 1) {
    const auto k = static_cast<std::size_t>(std::countr_zero(candidates));
    levels[zigzag[k]] = rounded_like(sizes[zigzag[k]], signs[zigzag[k]]);
  }
}

}  // namespace

Plane quantise(const Plane& source, const Steps& steps, const Steps& seen, const Worth& worth) {
  Plane out;
  out.across = source.across;
  out.down = source.down;
  out.blocks_wide = source.blocks_wide;
  out.blocks_high = source.blocks_high;
  out.id = source.id;
  out.steps = steps;
  out.allocate();

  alignas(64) BlockValues ratio;
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    ratio[k] = source.unit * static_cast<float>(source.steps[k]) / static_cast<float>(steps[k]);
  }
  const bool weigh = worth.bit_price > 0;
  std::vector<float> hidden;
  if (weigh) hidden = masking(source, worth.masking_variance);
  static const RateModel rates = RateModel::usual();
  const BlockValues weights = weights_for(steps, seen, worth);
  Trellis trellis(rates, weights);
  alignas(64) BlockValues sizes;
  for (std::size_t index = 0; index < source.blocks(); ++index) {
    const std::int16_t* from = source.block(index);
    std::int16_t* to = out.block(index);
    const std::uint64_t candidates =
        to_zigzag(HWY_DYNAMIC_DISPATCH(Sizes)(from, ratio.data(), sizes.data())) &
        ~std::uint64_t{1};
    std::fill_n(to, block_coefficients, std::int16_t{0});
    to[0] = rounded_like(sizes[0], from[0]);
    if (candidates == 0) continue;
    if (!weigh) {
      round_all(sizes, candidates, from, to);
      continue;
    }
    const float price =
        std::min(worth.bit_price * std::exp2(worth.masking_power * hidden[index]), highest_price);
    trellis.solve(sizes, candidates, price, from, to);
  }
  return out;
}

}  // namespace imgmill::jpeg
#endif
