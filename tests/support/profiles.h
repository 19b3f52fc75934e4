// Colour profiles, and colours as people see them, through lcms2.
#pragma once

#include "support/make.h"

namespace imgmill::test {

/// P3's primaries with sRGB's curve, under the name "Wide P3".
Bytes wide_profile();
/// White D50 grey with a pure curve, under the name "Grey gamma G".
Bytes grey_profile(double gamma);
/// A crude four-ink device: light falls off with each ink; a working CMYK
/// profile all the same.
Bytes cmyk_profile();

/// Mean difference (CIE76) between two pictures of one size, each seen through its own
/// profile; an empty one is sRGB. Alpha is left out.
double mean_delta_e(const Raster& one, const Bytes& profile, const Raster& other,
                    const Bytes& other_profile);

}  // namespace imgmill::test
