#include "jpeg/chroma.h"

#include "jpeg/dct.h"

// SSSE3 alone has not been sold for fifteen years.
#define HWY_DISABLED_TARGETS HWY_SSSE3
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/chroma.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which makes them come once per instruction set.
#include <hwy/highway.h>

// Plain loops of eight: compiled once for each instruction set, they become its vectors.
HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {

// Adds the contribution of one of two blocks side by side.
void AddAcross(const std::int16_t* levels, const float* HWY_RESTRICT scale, const Matrix& matrix,
               float* HWY_RESTRICT out) {
  for (std::size_t row = 0; row < 8; ++row) {
    float sum[8] = {};
    for (std::size_t from = 0; from < 8; ++from) {
      const float value = static_cast<float>(levels[8 * row + from]) * scale[8 * row + from];
      for (std::size_t to = 0; to < 8; ++to) sum[to] += value * matrix.data()[from].data()[to];
    }
    for (std::size_t to = 0; to < 8; ++to) out[8 * row + to] += sum[to];
  }
}

// Adds the contribution of one of two blocks, the one above the other.
void AddDown(const float* HWY_RESTRICT block, const Matrix& matrix, float* HWY_RESTRICT out) {
  for (std::size_t to = 0; to < 8; ++to) {
    float sum[8] = {};
    for (std::size_t from = 0; from < 8; ++from) {
      const float weight = matrix.data()[from].data()[to];
      for (std::size_t column = 0; column < 8; ++column) {
        sum[column] += weight * block[8 * from + column];
      }
    }
    for (std::size_t column = 0; column < 8; ++column) out[8 * to + column] += sum[column];
  }
}

// Into levels of a sixteenth.
void Round(const float* HWY_RESTRICT values, std::int16_t* HWY_RESTRICT levels) {
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    float value = values[k] * 16;
    value = value < -32767 ? -32767 : value > 32767 ? 32767 : value;
    levels[k] = static_cast<std::int16_t>(value + (value < 0 ? -0.5F : 0.5F));
  }
}

// Whether a level of the block is as large as its limit.
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

HWY_EXPORT(AddAcross);
HWY_EXPORT(AddDown);
HWY_EXPORT(Round);
HWY_EXPORT(Exceeds);

// What the coefficients of the first or second of two neighbouring blocks contribute to those of
// the one that takes the place of both: its samples are means of pairs, so the first block fills
// its first four.
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

using Values = std::array<float, block_coefficients>;

class Halver {
 public:
  Halver(const Plane& source, bool across) : source_(source), across_(across) {
    for (std::size_t k = 0; k < block_coefficients; ++k) {
      scale_[k] = source.unit * static_cast<float>(source.steps[k]);
    }
  }

  // The blocks from which block `x` of the result comes, made into one.
  Values across(std::uint32_t x, std::uint32_t row) const {
    Values values{};
    if (!across_) {
      const std::int16_t* levels = block(x, row);
      for (std::size_t k = 0; k < block_coefficients; ++k) {
        values[k] = static_cast<float>(levels[k]) * scale_[k];
      }
      return values;
    }
    const auto add = HWY_DYNAMIC_DISPATCH(AddAcross);
    add(block(2 * x, row), scale_.data(), halving().first, values.data());
    add(block(2 * x + 1, row), scale_.data(), halving().second, values.data());
    return values;
  }

 private:
  // Beyond the edge the last block goes on.
  [[nodiscard]] const std::int16_t* block(std::uint32_t x, std::uint32_t y) const {
    x = std::min(x, source_.blocks_wide - 1);
    y = std::min(y, source_.blocks_high - 1);
    return source_.block(std::size_t{y} * source_.blocks_wide + x);
  }

  const Plane& source_;
  bool across_;
  Values scale_{};
};

}  // namespace

Plane halved(const Plane& source, bool across, bool down) {
  Plane out;
  out.id = source.id;
  out.blocks_wide = across ? (source.blocks_wide + 1) / 2 : source.blocks_wide;
  out.blocks_high = down ? (source.blocks_high + 1) / 2 : source.blocks_high;
  out.steps.fill(1);
  out.unit = 1.0F / 16;
  out.allocate();
  const Halver halver(source, across);
  for (std::uint32_t y = 0; y < out.blocks_high; ++y) {
    for (std::uint32_t x = 0; x < out.blocks_wide; ++x) {
      Values values{};
      if (down) {
        const auto add = HWY_DYNAMIC_DISPATCH(AddDown);
        const std::uint32_t below = std::min(2 * y + 1, source.blocks_high - 1);
        add(halver.across(x, 2 * y).data(), halving().first, values.data());
        add(halver.across(x, below).data(), halving().second, values.data());
      } else {
        values = halver.across(x, y);
      }
      HWY_DYNAMIC_DISPATCH(Round)
      (values.data(), out.block(std::size_t{y} * out.blocks_wide + x));
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
