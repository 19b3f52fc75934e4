// Copies a PNG's colour information other than the profile to a new encoding.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

/// The source of the new PNG's iCCP chunk.
enum class PngProfile { encoded, original };

/// Returns `encoded`, a new PNG, with the chunks of `original` that define how its samples are
/// displayed: gAMA, cHRM, sRGB, cICP, mDCV, cLLI, and sBIT if it still fits. Its own chunks of
/// these types are removed, and so is a resolution with square pixels, which carries no information
/// about the picture. Both files have the same size and colour space. Errors: bad_input (`encoded`
/// is not a complete PNG). Thread-safe.
[[nodiscard]] Result<Buffer> carry_png_colours(ByteView original, ByteView encoded,
                                               PngProfile profile = PngProfile::encoded);

/// The same without an original: only removes.
[[nodiscard]] Result<Buffer> tidy_png(ByteView encoded);

}  // namespace imgmill
