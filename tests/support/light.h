// Colours as light in sRGB's primaries, by lcms2 alone and without being clipped.
#pragma once

#include <array>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

/// What a profile says of red, green and blue numbers.
struct RgbMeaning {
  std::array<double, 6> primaries;  ///< xy of red, green and blue; white is D65
  /// Light of a number: to the power of this; 0 stands for sRGB's curve.
  double gamma = 0;
};
inline constexpr RgbMeaning srgb = {{0.64, 0.33, 0.30, 0.60, 0.15, 0.06}};
inline constexpr RgbMeaning display_p3 = {{0.680, 0.320, 0.265, 0.690, 0.150, 0.060}};
inline constexpr RgbMeaning adobe_rgb = {{0.64, 0.33, 0.21, 0.71, 0.15, 0.06}, 563.0 / 256};
inline constexpr RgbMeaning rec2020_light = {{0.708, 0.292, 0.170, 0.797, 0.131, 0.046}, 1};

/// An ICC profile that says so, under a name that tells nothing.
Bytes profile_of(const RgbMeaning& meaning);

/// Three floats a pixel, 1 = white: the raster through its profile (one, three or four inks, as the
/// profile wants them) to linear light, relative colorimetric with black points matched, in
/// floating point all the way. Alpha is left out.
std::vector<float> light_of(const Raster& raster, const Bytes& profile);

}  // namespace imgmill::test
