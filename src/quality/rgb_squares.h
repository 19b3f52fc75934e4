// Differences of plain pixels, squared and added up, with vectors.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imgmill::quality {

/// Sums over pixels of products of two differences, of samples from 0 to 255; exact.
struct RgbSquares {
  std::int64_t rr = 0, gg = 0, bb = 0;
  std::int64_t rg = 0, rb = 0, gb = 0;
};

/// Adds the products of `pixels` pixels of three samples, red, green and blue, to `sums`. The same
/// numbers on every instruction set.
void add_rgb_squares(const std::uint8_t* one, const std::uint8_t* other, std::size_t pixels,
                     RgbSquares& sums);

}  // namespace imgmill::quality
