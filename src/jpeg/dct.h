// Definitions shared by the transforms of samples and of coefficients.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace imgmill::jpeg {

using Matrix = std::array<std::array<float, 8>, 8>;

/// The orthonormal DCT-II of eight samples: [frequency][sample].
[[nodiscard]] const Matrix& dct_basis();

/// The gain applied to a coefficient of subsampled chroma, by its frequency along one axis, 0..7;
/// it compensates for the smoothing when decoders upsample chroma.
[[nodiscard]] float halving_gain(std::size_t frequency);

/// A band of rows of several planes, one plane after the other.
struct Band {
  float* first = nullptr;
  std::size_t rows = 0;    ///< per plane
  std::size_t stride = 0;  ///< floats from one row to the next

  [[nodiscard]] float* row(std::size_t plane, std::size_t index) const {
    return first + (plane * rows + index) * stride;
  }
};

/// Up to two by two blocks that are merged into one: first along the rows, then along the columns.
/// Without horizontal subsampling there is one block per row.
struct Halves {
  const std::int16_t* levels[2][2];  ///< [row][column]
  int columns;                       ///< 1 or 2
  int rows;                          ///< 1 or 2
  const float* scale;                ///< for the 64 levels of a block
  const Matrix* first;               ///< contribution of the left or upper block: [from][to]
  const Matrix* second;              ///< contribution of the right or lower block
};

}  // namespace imgmill::jpeg
