// The curve of sRGB (IEC 61966-2-1), in double precision.
#pragma once

#include <cmath>

namespace imgmill {

/// Linear light, 0..1, of a coded value, 0..1.
[[nodiscard]] inline double light_of_srgb(double coded) {
  return coded <= 0.04045 ? coded / 12.92 : std::pow((coded + 0.055) / 1.055, 2.4);
}

/// The inverse of light_of_srgb().
[[nodiscard]] inline double srgb_of_light(double light) {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

}  // namespace imgmill
