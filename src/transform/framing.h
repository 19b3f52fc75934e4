// Which part of a picture is used, and what surrounds it.
#pragma once

#include "codecs/picture.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "transform/geometry.h"

namespace imgmill {

/// The part of each frame. Lazy for still pictures; animations are brought into memory.
[[nodiscard]] Result<Picture> cropped(Picture picture, const Window& window);

/// Each frame in the middle of a canvas of `extent`, which is at least as large, in `background`.
[[nodiscard]] Result<Picture> padded(Picture picture, Extent extent, Colour background);

/// The part inside borders in the colour of the upper left pixel, over all frames; `threshold`: see
/// Crop::trim. The whole picture if it is nothing but border. Reads all pixels. Errors: bad_input.
[[nodiscard]] Result<Window> without_borders(const Picture& picture, int threshold);

/// The position around which libvips's smart cropping cuts `picture`, one frame of any size, to
/// `shape` (width / height). Reads all pixels. Errors: bad_input.
[[nodiscard]] Result<Position> most_important(const Picture& picture, double shape,
                                              Position::By by);

}  // namespace imgmill
