#include "jpeg/chroma.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "jpeg/dct.h"

namespace imgmill::jpeg {
namespace {

// What the coefficients of the first or second of two neighbouring blocks contribute to those of
// the one that takes the place of both: its samples are means of pairs, so the first block fills
// its first four.
struct Halving {
  Matrix first;  // [from][to]
  Matrix second;
};

const Halving& halving() {
  static const Halving result = [] {
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
  }();
  return result;
}

using Values = std::array<float, block_coefficients>;

Values values_of(const Plane& plane, std::uint32_t x, std::uint32_t y) {
  // Beyond the edge the last block goes on.
  x = std::min(x, plane.blocks_wide - 1);
  y = std::min(y, plane.blocks_high - 1);
  const std::int16_t* levels = plane.block(std::size_t{y} * plane.blocks_wide + x);
  Values values;
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    values[k] = static_cast<float>(levels[k]) * plane.unit * static_cast<float>(plane.steps[k]);
  }
  return values;
}

// Two blocks side by side.
void add_across(const Values& block, const Matrix& matrix, Values& out) {
  for (std::size_t row = 0; row < 8; ++row) {
    for (std::size_t from = 0; from < 8; ++from) {
      const float value = block[8 * row + from];
      for (std::size_t to = 0; to < 8; ++to) out[8 * row + to] += value * matrix[from][to];
    }
  }
}

// One above the other.
void add_down(const Values& block, const Matrix& matrix, Values& out) {
  for (std::size_t from = 0; from < 8; ++from) {
    for (std::size_t to = 0; to < 8; ++to) {
      const float weight = matrix[from][to];
      for (std::size_t column = 0; column < 8; ++column) {
        out[8 * to + column] += weight * block[8 * from + column];
      }
    }
  }
}

}  // namespace

Plane halved(const Plane& source, bool across, bool down) {
  constexpr float unit = 1.0F / 16;
  Plane out;
  out.id = source.id;
  out.blocks_wide = across ? (source.blocks_wide + 1) / 2 : source.blocks_wide;
  out.blocks_high = down ? (source.blocks_high + 1) / 2 : source.blocks_high;
  out.steps.fill(1);
  out.unit = unit;
  out.allocate();
  const Halving& half = halving();
  for (std::uint32_t y = 0; y < out.blocks_high; ++y) {
    for (std::uint32_t x = 0; x < out.blocks_wide; ++x) {
      const auto row_at = [&](std::uint32_t row) {
        if (!across) return values_of(source, x, row);
        Values values{};
        add_across(values_of(source, 2 * x, row), half.first, values);
        add_across(values_of(source, 2 * x + 1, row), half.second, values);
        return values;
      };
      Values values{};
      if (down) {
        add_down(row_at(2 * y), half.first, values);
        add_down(row_at(2 * y + 1), half.second, values);
      } else {
        values = row_at(y);
      }
      std::int16_t* to = out.block(std::size_t{y} * out.blocks_wide + x);
      for (std::size_t k = 0; k < block_coefficients; ++k) {
        to[k] = static_cast<std::int16_t>(
            std::lrint(std::clamp(values[k] / unit, -32767.0F, 32767.0F)));
      }
    }
  }
  return out;
}

}  // namespace imgmill::jpeg
