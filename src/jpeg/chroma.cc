#include "jpeg/chroma.h"

#include "base/simd_targets.h"
#include "jpeg/dct.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/chroma.cc"
#include <hwy/foreach_target.h>
// Must follow foreach_target.h, which includes the code below once per instruction set.
#include <hwy/highway.h>

#include "jpeg/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {

void Halve(const Halves& job, std::int16_t* out) {
  alignas(64) float values[block_coefficients];
  alignas(64) float whole[block_coefficients] = {};
  for (int row = 0; row < job.rows; ++row) {
    alignas(64) float line[block_coefficients] = {};
    for (int column = 0; column < job.columns; ++column) {
      const std::int16_t* levels = job.levels[row][column];
      float* to = job.columns == 1 ? line : values;
      for (std::size_t k = 0; k < block_coefficients; ++k) {
        to[k] = static_cast<float>(levels[k]) * job.scale[k];
      }
      if (job.columns == 2) AddAcross(values, column == 0 ? *job.first : *job.second, line);
    }
    if (job.rows == 1) {
      RoundToSixteenths(line, out);
      return;
    }
    AddDown(line, 8, row == 0 ? *job.first : *job.second, whole);
  }
  RoundToSixteenths(whole, out);
}

// True if any level of the block reaches its limit.
bool Exceeds(const std::int16_t* HWY_RESTRICT levels, const std::int16_t* HWY_RESTRICT limits) {
  std::int16_t any = 0;
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    const std::int16_t level = levels[k];
    any = static_cast<std::int16_t>(any | (level >= limits[k]) | (level <= -limits[k]));
  }
  return any != 0;
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::jpeg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <array>
#include <cmath>

namespace imgmill::jpeg {
namespace {

HWY_EXPORT(Halve);
HWY_EXPORT(Exceeds);

// The contributions of the first and second of two neighbouring blocks to the coefficients of the
// block that replaces both. Its samples are means of pairs, so the first block determines its first
// four.
struct Halving {
  Matrix first;  // [from][to]
  Matrix second;
};

Halving make_halving() {
  Halving made{};
  const Matrix& basis = dct_basis();
  for (std::size_t from = 0; from < 8; ++from) {
    for (std::size_t to = 0; to < 8; ++to) {
      float first = 0;
      float second = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        const float mean = (basis[from][2 * i] + basis[from][2 * i + 1]) / 2;
        first += mean * basis[to][i];
        second += mean * basis[to][i + 4];
      }
      made.first[from][to] = first * halving_gain(to);
      made.second[from][to] = second * halving_gain(to);
    }
  }
  return made;
}

const Halving& halving() {
  static const Halving made = make_halving();
  return made;
}

}  // namespace

Plane halved(const Plane& source, bool across, bool down) {
  Plane out;
  out.id = source.id;
  out.blocks_wide = across ? (source.blocks_wide + 1) / 2 : source.blocks_wide;
  out.blocks_high = down ? (source.blocks_high + 1) / 2 : source.blocks_high;
  out.steps.fill(1);
  out.unit = 1.0F / 16;
  out.allocate();
  alignas(64) std::array<float, block_coefficients> scale;
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    scale[k] = source.unit * static_cast<float>(source.steps[k]);
  }
  const std::uint32_t columns = across ? 2 : 1;
  const std::uint32_t rows = down ? 2 : 1;
  Halves job{.levels = {},
             .columns = static_cast<int>(columns),
             .rows = static_cast<int>(rows),
             .scale = scale.data(),
             .first = &halving().first,
             .second = &halving().second};
  for (std::uint32_t y = 0; y < out.blocks_high; ++y) {
    for (std::uint32_t x = 0; x < out.blocks_wide; ++x) {
      for (std::uint32_t row = 0; row < rows; ++row) {
        for (std::uint32_t column = 0; column < columns; ++column) {
          // Beyond the edge, repeat the last block.
          const std::size_t from_y = std::min(rows * y + row, source.blocks_high - 1);
          const std::size_t from_x = std::min(columns * x + column, source.blocks_wide - 1);
          job.levels[row][column] = source.block(from_y * source.blocks_wide + from_x);
        }
      }
      HWY_DYNAMIC_DISPATCH(Halve)(job, out.block(std::size_t{y} * out.blocks_wide + x));
    }
  }
  return out;
}

double share_with_detail(const Plane& plane, const Steps& steps, bool across, bool down) {
  std::array<std::int16_t, block_coefficients> limits;
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    constexpr float many_steps = 5;
    const bool lost = (across && k % 8 >= 4) || (down && k / 8 >= 4);
    const float limit = std::ceil(many_steps * static_cast<float>(steps[k]) /
                                  (plane.unit * static_cast<float>(plane.steps[k])));
    limits[k] = static_cast<std::int16_t>(lost ? std::clamp(limit, 1.0F, 32767.0F) : 32767);
  }
  const auto exceeds = HWY_DYNAMIC_DISPATCH(Exceeds);
  std::size_t detailed = 0;
  for (std::size_t index = 0; index < plane.blocks(); ++index) {
    detailed += exceeds(plane.block(index), limits.data()) ? 1 : 0;
  }
  return static_cast<double>(detailed) / static_cast<double>(plane.blocks());
}

}  // namespace imgmill::jpeg
#endif
