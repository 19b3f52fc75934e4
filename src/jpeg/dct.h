// What the transforms of samples and of coefficients share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace imgmill::jpeg {

using Matrix = std::array<std::array<float, 8>, 8>;

/// The orthonormal DCT-II of eight samples: [frequency][sample].
[[nodiscard]] const Matrix& dct_basis();

/// What a coefficient of halved chroma is multiplied with, by its frequency along one axis, 0..7:
/// decoders smooth chroma when they enlarge it.
[[nodiscard]] float halving_gain(std::size_t frequency);

/// Some rows of several planes, one plane after the other.
struct Band {
  float* first = nullptr;
  std::size_t rows = 0;    ///< of each plane
  std::size_t stride = 0;  ///< floats from one row to the next

  [[nodiscard]] float* row(std::size_t plane, std::size_t index) const {
    return first + (plane * rows + index) * stride;
  }
};

/// Two blocks, or two rows of two, that become one: first along the rows, then along the columns.
/// What is not halved along the rows has one block in each row.
struct Halves {
  const std::int16_t* levels[2][2];  ///< [row][column]
  int columns;                       ///< 1 or 2
  int rows;                          ///< 1 or 2
  const float* scale;                ///< of the 64 levels of a block
  const Matrix* first;               ///< what the left or upper one contributes: [from][to]
  const Matrix* second;              ///< the right or lower one
};

}  // namespace imgmill::jpeg
