// Resizes pictures.
#pragma once

#include "codecs/picture.h"
#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "transform/geometry.h"

namespace imgmill {

/// Resizes the frames of `picture` to `extent`, in memory, with the filter, light and sharpening of
/// `how` (its mode and sizes are ignored). Colours are weighted by alpha, frames are resized
/// separately, and pixels are read once from top to bottom. Linear light follows the picture's
/// profile if that consists of curves and primaries, else sRGB; CMYK, Lab and floats stay as coded.
/// The bit depth stays the same, at least 8. Samples are rounded once; integer samples are clamped
/// to their range.
/// Errors: bad_input (from reading the pixels). Throws std::bad_alloc.
[[nodiscard]] Result<Picture> scaled_to(Picture picture, Extent extent, const Resize& how);

/// How much of the reduction a JPEG decoder may do with smaller inverse DCTs.
enum class DctScaling {
  none,
  /// As long as at least twice the wanted size remains.
  some,
};

/// Gives the result of scaled_to() on the decoded picture, but faster and without holding all of it
/// in memory: the planes of a JPEG are resized as stored and converted to RGB afterwards, which is
/// equivalent as long as no intermediate colour lies outside RGB. `profile` is embedded.
/// Errors: bad_input (any damage), unsupported (this JPEG or `how` needs the decoded picture).
/// Throws std::bad_alloc.
[[nodiscard]] Result<Picture> scaled_jpeg(ByteView input, ByteView profile, Extent extent,
                                          const Resize& how, DctScaling dct);

}  // namespace imgmill
