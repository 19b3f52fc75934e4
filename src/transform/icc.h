// What an ICC profile says of itself (ICC.1:2022, header and description tag).
#pragma once

#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

struct IccFacts {
  std::string space;        ///< "RGB", "GRAY", "CMYK", "Lab"; empty: not a profile
  std::string description;  ///< its name for people, ASCII
};

/// Never reads outside `profile`; damage reads as empty.
[[nodiscard]] IccFacts read_icc(ByteView profile);

/// Whether the profile is one of the many copies of sRGB, by its name.
[[nodiscard]] bool is_srgb(const IccFacts& facts);

}  // namespace imgmill
