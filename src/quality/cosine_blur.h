// The metric's blur as its reference implementation carries it out: recursively.
#pragma once

#include <array>
#include <cstddef>

namespace imgmill::quality {

/// Factors of the recursion for each of the three cosines (see `gaussian` in
/// ssimulacra2_weights.h, which is what it computes but for rounding).
///
/// Rounding is why this exists. Small errors of single precision do not die away in this
/// recursion but wander, and where a picture is flat they are large beside its variance.
/// Structure is an error that cannot be negative, so that the noise adds up instead of
/// cancelling: a few tenths of a point in scores above 85. The weights were fitted with
/// it in, and who compares scores expects it.
struct CosineBlur {
  static constexpr std::ptrdiff_t radius = 5;
  struct Term {
    float input;     ///< of a pair of pixels, in the plain recursion
    float previous;  ///< of the result before; the one before that counts -1
    /// The recursion carried out four times: result 0..3 from the pairs, the result before
    /// the four and the one before that.
    std::array<float, 4> four_input, four_previous, four_before;
  };
  std::array<Term, 3> terms;
};

/// For sigma 1.5, after Charalampidis 2016, equations 33 to 57.
[[nodiscard]] const CosineBlur& cosine_blur();

}  // namespace imgmill::quality
