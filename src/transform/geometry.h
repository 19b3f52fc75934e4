// Sizes and parts of cropped, resized and turned pictures.
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

/// A part of a picture, pixels.
struct Window {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  Extent extent;
  friend bool operator==(const Window&, const Window&) = default;
};

/// How a picture becomes one of another size.
struct Layout {
  Window window;  ///< the part that is used
  Extent scaled;  ///< its size afterwards
  Extent extent;  ///< of the result: `scaled`, or larger with Fit::pad

  /// Everything as large as it is.
  [[nodiscard]] static Layout unchanged(Extent extent) { return {{0, 0, extent}, extent, extent}; }
  friend bool operator==(const Layout&, const Layout&) = default;
};

/// The layout of an upright picture of size `from`. Trimming and positions other than points need
/// pixels and must have been resolved (see framing.h). Errors: unsupported (the area does not lie within
/// the picture).
[[nodiscard]] Result<Layout> layout_of(Extent from, const Crop& crop, const Resize& resize);

/// The shape that parts are cut to whose position matters, width divided by height; 0 if there is
/// none. `crop` and `resize` are valid.
[[nodiscard]] double shape_of(const Crop& crop, const Resize& resize);

/// `upright`, a part of a picture with EXIF `orientation` (1..8) that is stored with size `stored`,
/// as it is stored.
[[nodiscard]] Window as_stored(const Window& upright, Extent stored, int orientation);

/// Applies `resize` without its cover and pad to the size of an upright picture. Sides are rounded
/// to the nearest pixel and never become 0.
[[nodiscard]] Extent resized(Extent from, const Resize& resize);

/// The size after the EXIF orientation (1..8) is applied: 5 to 8 swap width and height.
[[nodiscard]] inline Extent upright(Extent stored, int orientation) {
  return orientation >= 5 ? Extent{stored.height, stored.width} : stored;
}

}  // namespace imgmill
