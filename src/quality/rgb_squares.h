// SIMD sums of squared differences of RGB pixels.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imgmill::quality {

/// Sums over pixels of products of two differences of samples 0..255; exact.
struct RgbSquares {
  std::int64_t rr = 0, gg = 0, bb = 0;
  std::int64_t rg = 0, rb = 0, gb = 0;
};

/// Adds the products for `pixels` RGB pixels to `sums`. Results are identical on every instruction
/// set.
void add_rgb_squares(const std::uint8_t* one, const std::uint8_t* other, std::size_t pixels,
                     RgbSquares& sums);

}  // namespace imgmill::quality
