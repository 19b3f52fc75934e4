// Local activity of a picture.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "webp/picture.h"

namespace imgmill::webp {

/// Steps per octave of activity.
inline constexpr int unrest_steps = 64;

/// Macroblocks grouped by activity: the mean of the logarithms of the standard deviations of luma
/// in its four quarters.
struct Unrest {
  std::vector<std::uint8_t> groups;   ///< by macroblock, 0..3, from smooth to busy
  std::array<int, 4> against_mean{};  ///< each group's activity minus the picture's mean, in steps
};

/// Integer arithmetic, identical on every machine. Throws std::bad_alloc.
[[nodiscard]] Unrest unrest_of(const Planes& planes);

}  // namespace imgmill::webp
