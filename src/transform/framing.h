// Cuts parts out of pictures, pads pictures, and finds borders and important parts.
#pragma once

#include "codecs/picture.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "transform/geometry.h"

namespace imgmill {

/// Returns this part of each frame. Lazy for still pictures; animations are read into memory.
[[nodiscard]] Result<Picture> cropped(Picture picture, const Window& window);

/// Centres each frame on a canvas of `extent`, which is at least as large, filled with
/// `background`.
[[nodiscard]] Result<Picture> padded(Picture picture, Extent extent, Colour background);

/// Returns the part inside borders in the colour of the upper left pixel, over all frames; the
/// whole picture if it is nothing but border. `threshold`: see Crop::trim. Reads all pixels.
/// Errors: bad_input.
[[nodiscard]] Result<Window> without_borders(const Picture& picture, int threshold);

/// Returns the position around which libvips's smart cropping cuts `picture`, one frame of any
/// size, to `shape` (width / height). Reads all pixels. Errors: bad_input.
[[nodiscard]] Result<Position> most_important(const Picture& picture, double shape,
                                              Position::By by);

}  // namespace imgmill
