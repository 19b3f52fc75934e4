// Pictures of another size.
#pragma once

#include "codecs/picture.h"
#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "transform/geometry.h"

namespace imgmill {

/// `picture` with frames of `extent`, in memory, by the filter, in the light and with the
/// sharpening of `how` (its mode and sizes are not looked at): colours weighted by their alpha,
/// frames apart, pixels read once from top to bottom. Light is that of the picture's profile where
/// curves and primaries make it, else sRGB's; inks, Lab and floats stay as they are coded. Samples
/// are as many bits as before, at least 8, and rounded once; of bytes and words none leaves its
/// range. Errors: bad_input (what reading the pixels brought up). Throws std::bad_alloc.
[[nodiscard]] Result<Picture> scaled_to(Picture picture, Extent extent, const Resize& how);

/// How much of the reduction a JPEG's decoder may take over, by smaller inverse DCTs.
enum class DctScaling {
  none,
  /// As long as at least twice the wanted size remains.
  some,
};

/// What scaled_to() gives of the decoded picture, but quicker, and without all of it in memory: a
/// JPEG's planes are scaled as they are stored and become colours afterwards, which is the same as
/// long as no colour on the way lies outside of RGB. `profile` is embedded.
/// Errors: bad_input, for any damage; unsupported, where the JPEG or `how` is not of that kind.
/// Throws std::bad_alloc.
[[nodiscard]] Result<Picture> scaled_jpeg(ByteView input, ByteView profile, Extent extent,
                                          const Resize& how, DctScaling dct);

}  // namespace imgmill
