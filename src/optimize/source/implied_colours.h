// Determines a file's colour space once, however the file specifies it.
#pragma once

#include "codecs/codec.h"
#include "optimize/source/source.h"

namespace imgmill {

/// Fills in `colours`, `foreign_colours` and the name of the profile from what has been read:
///   - PNG: cICP before iCCP before sRGB before gAMA with cHRM (W3C PNG, third edition, 4.3);
///   - AVIF and HEIC: a profile before nclx;
///   - JPEG: a profile before Adobe RGB as specified by DCF in the EXIF block (CIPA DC-009).
/// Colours that are neither sRGB nor specified by the file's own profile get a generated profile,
/// which is treated as if it had been embedded.
void find_colours(Source& source);

/// All pixels of `source` as its codec decodes them, with the profile that defines their colours.
/// `info` is the source's, or asks for fewer frames. Errors: as Codec::decode.
[[nodiscard]] Result<Picture> decoded(const Source& source, const ImageInfo& info,
                                      const DecodeOptions& options);

/// True if `source` is a JPEG whose colours are Adobe RGB according to its EXIF block alone.
[[nodiscard]] bool declares_adobe_rgb(const Source& source);

/// `file`, a JPEG whose EXIF block may have been removed, with a profile equivalent to what the
/// block of `source` said about its colours, if anything. Errors: bad_input.
[[nodiscard]] Result<Buffer> jpeg_with_colours(const Source& source, Buffer file);

}  // namespace imgmill
