// What the numbers of a file mean: found out once, whichever way the file says it.
#pragma once

#include "codecs/codec.h"
#include "optimize/source.h"

namespace imgmill {

/// Fills in `colours`, `foreign_colours` and the name of the profile from what has been read:
///  - PNG: cICP before iCCP before sRGB before gAMA with cHRM (W3C PNG, third edition, 4.3);
///  - AVIF and HEIC: a profile before nclx;
///  - JPEG: a profile before Adobe RGB by DCF's word in the EXIF block (CIPA DC-009).
/// What is not sRGB and not told by the file's own profile gets a profile of ours, which goes on
/// as if it had been embedded.
void find_colours(Source& source);

/// All pixels of `source` as its codec gives them, with the profile that explains them. `info` is
/// the source's, or asks for fewer frames. Errors: as Codec::decode.
[[nodiscard]] Result<Picture> decoded(const Source& source, const ImageInfo& info,
                                      const DecodeOptions& options);

/// Whether `source` is a JPEG whose colours are Adobe RGB's by its EXIF block alone.
[[nodiscard]] bool says_adobe_rgb(const Source& source);

/// `file`, a JPEG whose EXIF block may have gone, with the profile that says what the block of
/// `source` said of its colours, if anything. Errors: bad_input.
[[nodiscard]] Result<Buffer> jpeg_with_colours(const Source& source, Buffer file);

}  // namespace imgmill
