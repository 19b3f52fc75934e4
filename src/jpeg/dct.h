// What the transforms of samples and of coefficients share.
#pragma once

#include <array>
#include <cstddef>

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

}  // namespace imgmill::jpeg
