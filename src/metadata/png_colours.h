// What a PNG says of its colours besides the profile, handed on to a new encoding.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

/// Whose iCCP chunk a fresh PNG has in the end.
enum class PngProfile { encoded, original };

/// `encoded`, a fresh PNG, with the chunks of `original` that tell how its numbers are
/// to be shown: gAMA, cHRM, sRGB, cICP, mDCV, cLLI, and sBIT where it still fits.
/// Its own of these go, as does a resolution with square pixels, which says
/// nothing about the picture. Both share size and colour meaning.
/// Errors: bad_input, when `encoded` is no whole PNG. Thread-safe.
[[nodiscard]] Result<Buffer> carry_png_colours(ByteView original, ByteView encoded,
                                               PngProfile profile = PngProfile::encoded);

/// The same without an original: only drops.
[[nodiscard]] Result<Buffer> tidy_png(ByteView encoded);

}  // namespace imgmill
