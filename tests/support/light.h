// Converts colours to linear light in sRGB's primaries, with lcms2 only and without clipping.
#pragma once

#include <array>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

/// The meaning of red, green and blue samples.
struct RgbMeaning {
  std::array<double, 6> primaries;  ///< xy of red, green and blue; white is D65
  /// Exponent of the tone curve; 0 means the sRGB curve.
  double gamma = 0;
};
inline constexpr RgbMeaning srgb = {{0.64, 0.33, 0.30, 0.60, 0.15, 0.06}};
inline constexpr RgbMeaning display_p3 = {{0.680, 0.320, 0.265, 0.690, 0.150, 0.060}};
inline constexpr RgbMeaning adobe_rgb = {{0.64, 0.33, 0.21, 0.71, 0.15, 0.06}, 563.0 / 256};
inline constexpr RgbMeaning rec2020_light = {{0.708, 0.292, 0.170, 0.797, 0.131, 0.046}, 1};

/// Returns an ICC profile with that meaning, under a neutral name.
Bytes profile_of(const RgbMeaning& meaning);

/// Returns three floats per pixel, 1 = white: the raster converted through its profile (one, three
/// or four channels, as the profile requires) to linear light, relative colorimetric with black
/// point compensation, in floating point throughout. Omits alpha.
std::vector<float> light_of(const Raster& raster, const Bytes& profile);

}  // namespace imgmill::test
