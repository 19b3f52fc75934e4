// What an ICC profile says (ICC.1:2022): header, description, and whether it is sRGB.
#pragma once

#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

struct IccFacts {
  std::string space;        ///< "RGB", "GRAY", "CMYK", "Lab"; empty: not a profile
  std::string description;  ///< its name for people, ASCII
  /// Whether it says of its numbers what sRGB (IEC 61966-2-1) says: by its curves and primaries,
  /// whatever it is called, and within what small copies of sRGB are off by (2.5 of 255 steps of
  /// the curve, 0.0025 of the white's light). For grey the curve counts. False for profiles with
  /// tables for colours, which make something of their own of them.
  bool srgb = false;
};

/// Never reads outside `profile`; damage reads as empty.
[[nodiscard]] IccFacts read_icc(ByteView profile);

[[nodiscard]] inline bool is_srgb(const IccFacts& facts) { return facts.srgb; }

}  // namespace imgmill
