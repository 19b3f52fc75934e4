// The metadata that is carried over into a new encoding.
#pragma once

#include <string>
#include <vector>

#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/inventory.h"
#include "optimize/source/source.h"

namespace imgmill {

/// The metadata that is valid for the picture in a new encoding. Owns its EXIF block and refers to
/// the source for the others.
struct OutputMetadata {
  Buffer exif;
  Buffer xmp;
  NewMetadata blocks;
  std::vector<std::string> notes;  ///< what cannot be carried over
};

/// `orientation` is the tag to write, 1..8; `way` is Way::encode or Way::convert. If the colours
/// are converted to sRGB (`to_srgb`), EXIF says so, too.
[[nodiscard]] OutputMetadata output_metadata(const Source& source, Format target, const Keep& keep,
                                             int orientation, Way way, bool to_srgb);

/// The part of the source's XMP that is kept although keep.xmp does not keep all of it: copyright,
/// and how the picture was made. Empty: nothing.
[[nodiscard]] Buffer lasting_xmp(const Source& source, const Keep& keep);

/// The resolution to write into a picture without an EXIF block, if its container states another
/// one or none.
[[nodiscard]] std::optional<Resolution> untold_resolution(const Source& source);

/// Inserts the metadata into a new encoding that has none. Omits what the format cannot hold, with
/// a note in `notes`. Errors: bad_input.
[[nodiscard]] Result<Buffer> with_metadata(Buffer bytes, Format target,
                                           const OutputMetadata& carried,
                                           std::vector<std::string>& notes);

/// Returns the encoding as it is or, if source and `target` are PNG and the colours are unchanged,
/// with the source's colour chunks. Errors: bad_input.
[[nodiscard]] Result<Buffer> with_colour_chunks(const Source& source, Format target, Buffer encoded,
                                                bool new_colours);

}  // namespace imgmill
