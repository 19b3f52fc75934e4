// Geometry of cropped, resized and rotated pictures.
#pragma once

#include <cstdint>

#include "imgmill/error.h"
#include "imgmill/settings.h"

namespace imgmill {

/// Size of one frame in pixels.
struct Extent {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// A part of a picture, in pixels.
struct Window {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  Extent extent;
  friend bool operator==(const Window&, const Window&) = default;
};

/// How a picture is cropped, scaled and padded.
struct Layout {
  Window window;  ///< the part to use
  Extent scaled;  ///< size of that part after scaling
  Extent extent;  ///< size of the result: `scaled`, or larger with Fit::pad

  /// Returns the layout that changes nothing.
  [[nodiscard]] static Layout unchanged(Extent extent) { return {{0, 0, extent}, extent, extent}; }
  friend bool operator==(const Layout&, const Layout&) = default;
};

/// Returns the layout of an upright picture of size `from`. Trimming and positions other than
/// points need pixels and must have been resolved (see framing.h). Errors: unsupported (the area
/// does not lie within the picture).
[[nodiscard]] Result<Layout> layout_of(Extent from, const Crop& crop, const Resize& resize);

/// Returns the aspect ratio (width / height) to which the picture is cut around a position; 0 if it
/// is not. `crop` and `resize` are valid.
[[nodiscard]] double shape_of(const Crop& crop, const Resize& resize);

/// Converts `upright`, a part of a picture with EXIF `orientation` (1..8), to the coordinates of
/// the stored picture, whose size is `stored`.
[[nodiscard]] Window as_stored(const Window& upright, Extent stored, int orientation);

/// Applies `resize` without its cover and pad to the size of an upright picture. Sides are rounded
/// to the nearest pixel and never become 0.
[[nodiscard]] Extent resized(Extent from, const Resize& resize);

/// The size after the EXIF orientation (1..8) is applied: 5 to 8 swap width and height.
[[nodiscard]] inline Extent upright(Extent stored, int orientation) {
  return orientation >= 5 ? Extent{stored.height, stored.width} : stored;
}

}  // namespace imgmill
