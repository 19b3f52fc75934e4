// Creates colour profiles and compares colours perceptually, with lcms2.
#pragma once

#include <array>

#include "support/make.h"

namespace imgmill::test {

/// x and y of white, red, green and blue.
using Chromaticities = std::array<double, 8>;
inline constexpr Chromaticities srgb_places = {0.3127, 0.329, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06};
inline constexpr Chromaticities p3_places = {0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06};
inline constexpr Chromaticities adobe_places = {0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06};

struct RgbProfileMake {
  Chromaticities places = srgb_places;
  double gamma = 0;  ///< 0: the sRGB curve
  int table = 0;     ///< number of entries, instead of a formula
  double version = 4.3;
  const char* name = "sRGB";
};
/// Created by lcms2.
Bytes rgb_profile_of(const RgbProfileMake& how);

/// P3's primaries with sRGB's curve, under the name "Wide P3".
Bytes wide_profile();
/// Grey under D50 with a pure power curve, named "Grey gamma G".
Bytes grey_profile(double gamma);
/// A crude four-ink device whose light falls with each ink; still a working CMYK profile.
Bytes cmyk_profile();

/// Mean difference (CIE76) between two pictures of the same size, each through its own profile; an
/// empty profile means sRGB. Ignores alpha.
double mean_delta_e(const Raster& one, const Bytes& profile, const Raster& other,
                    const Bytes& other_profile);

}  // namespace imgmill::test
