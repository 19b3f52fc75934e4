// How much goes on in the parts of a picture.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "webp/picture.h"

namespace imgmill::webp {

/// Steps of an octave of unrest.
inline constexpr int unrest_steps = 64;

/// Macroblocks in groups of about the same unrest: the mean of the logarithms of the standard
/// deviations of luma in its four quarters.
struct Unrest {
  std::vector<std::uint8_t> groups;   ///< by macroblock, 0..3, from quiet to restless
  std::array<int, 4> against_mean{};  ///< each group's unrest less the picture's, in steps
};

/// In whole numbers, the same on every machine. Throws std::bad_alloc.
[[nodiscard]] Unrest unrest_of(const Planes& planes);

}  // namespace imgmill::webp
