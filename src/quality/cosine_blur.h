// The metric's blur, computed recursively as in its reference implementation.
#pragma once

#include <array>
#include <cstddef>

namespace imgmill::quality {

/// Coefficients of the recursion for each of the three cosines. Up to rounding it computes
/// `gaussian` of ssimulacra2_weights.h.
///
/// The rounding is the reason for using it. Small single-precision errors do not decay in this
/// recursion but drift, and in flat areas of a picture they are large compared with its variance.
/// The structure error cannot be negative, so the noise adds up instead of cancelling out: a few
/// tenths of a point in scores above 85. The weights were fitted with this noise included, and
/// users who compare scores expect it.
struct CosineBlur {
  static constexpr std::ptrdiff_t radius = 5;
  struct Term {
    float input;     ///< factor of a pair of pixels in the single-step recursion
    float previous;  ///< factor of the previous result; that of the one before is -1
    /// The recursion unrolled four times: results 0..3 from the pairs, the result before the four,
    /// and the one before that.
    std::array<float, 4> four_input, four_previous, four_before;
  };
  std::array<Term, 3> terms;
};

/// For sigma 1.5, after Charalampidis 2016, equations 33 to 57.
[[nodiscard]] const CosineBlur& cosine_blur();

}  // namespace imgmill::quality
