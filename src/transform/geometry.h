// Sizes of resized and of turned pictures.
#pragma once

#include <cstdint>

#include "imgmill/settings.h"

namespace imgmill {

/// Size of one frame in pixels.
struct Extent {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// Applies `resize` to the size of an upright picture. Sides are rounded to the nearest pixel and
/// never become 0.
[[nodiscard]] Extent resized(Extent from, const Resize& resize);

/// The size after the EXIF orientation (1..8) is applied: 5 to 8 swap width and height.
[[nodiscard]] inline Extent upright(Extent stored, int orientation) {
  return orientation >= 5 ? Extent{stored.height, stored.width} : stored;
}

}  // namespace imgmill
