// Light of the numbers that a simple ICC profile describes, without a colour engine.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "imgmill/buffer.h"

namespace imgmill {

/// What numbers of one or three channels mean as light in sRGB's primaries: look each up in its
/// channel's table, and mix what three channels give.
struct IccLight {
  std::size_t channels = 0;  ///< 1: grey, of which the tables already are all; 3: red, green, blue
  /// Channels beside each other; 1 = as bright as can be.
  std::vector<float> tables;
  /// Rows for red, green and blue of sRGB, relative to white; of three channels only. Results
  /// leave 0..1 for colours that sRGB has not.
  std::array<double, 9> mix{};
};

/// Reads a profile of curves and primaries (ICC.1:2022, 8.3.3 and 8.4.3: rXYZ, rTRC, kTRC and
/// others), relative to its own white, which becomes (1, 1, 1), with D50 adapted to D65 by
/// Bradford's transform as in sRGB's own profile. Tables have `samples` numbers for each channel.
///
/// Nothing for profiles with tables for colours, which say more than curves and primaries,
/// for other spaces, and for damage; never reads outside `profile`.
[[nodiscard]] std::optional<IccLight> icc_light_of(ByteView profile, std::size_t samples);

/// From CIE XYZ relative to D50, as profiles have it, to light in sRGB's primaries, row by row.
[[nodiscard]] const std::array<double, 9>& srgb_light_of_d50();

}  // namespace imgmill
