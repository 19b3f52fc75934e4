// How large a picture becomes.
#pragma once

#include <cstdint>

#include "imgmill/settings.h"

namespace imgmill {

/// A size in pixels, of one frame.
struct Extent {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// What `resize` makes of an upright picture of size `from`. Sides are rounded to
/// the nearest pixel and never become 0.
[[nodiscard]] Extent resized(Extent from, const Resize& resize);

/// The size seen once the EXIF orientation (1..8) is applied: 5 to 8 lie on
/// their side.
[[nodiscard]] inline Extent upright(Extent stored, int orientation) {
  return orientation >= 5 ? Extent{stored.height, stored.width} : stored;
}

}  // namespace imgmill
