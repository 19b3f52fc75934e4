// Reads facts from an ICC profile (ICC.1:2022): header, description, and whether it is sRGB.
#pragma once

#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

struct IccFacts {
  std::string space;        ///< "RGB", "GRAY", "CMYK", "Lab"; empty: not a profile
  std::string description;  ///< display name, ASCII
  /// True if the curves and primaries are those of sRGB (IEC 61966-2-1), whatever the profile is
  /// called, within the error of small sRGB profiles (2.5 of 255 steps of the curve, 0.0025 in XYZ
  /// relative to white). For grey profiles only the curve counts. False for profiles with colour
  /// lookup tables, which may render differently.
  bool srgb = false;
};

/// Never reads outside `profile`; a damaged profile gives empty facts.
[[nodiscard]] IccFacts read_icc(ByteView profile);

[[nodiscard]] inline bool is_srgb(const IccFacts& facts) { return facts.srgb; }

}  // namespace imgmill
