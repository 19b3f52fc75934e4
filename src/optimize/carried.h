// What goes along into a fresh encoding besides the pixels.
#pragma once

#include <string>
#include <vector>

#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/inventory.h"
#include "optimize/source.h"

namespace imgmill {

/// What may be said of the picture in a fresh encoding. Owns its EXIF block and
/// refers to the others in the source.
struct Carried {
  Buffer exif;
  Buffer xmp;
  NewMetadata blocks;
  std::vector<std::string> notes;  ///< what does not go along anywhere
};

/// `orientation` is the tag to write, 1..8; `way` is Way::encode or Way::convert. Where the
/// colours become sRGB (`to_srgb`), EXIF says so, too.
[[nodiscard]] Carried carried_metadata(const Source& source, Format target, const Keep& keep,
                                       int orientation, Way way, bool to_srgb);

/// Of the source's XMP, what stays where keep.xmp does not let all of it: whose picture it is, and
/// what it says about how the picture was made. Empty: nothing.
[[nodiscard]] Buffer lasting_xmp(const Source& source, const Keep& keep);

/// The resolution that a picture without EXIF block has to be told, where its container says
/// another one or none.
[[nodiscard]] std::optional<Resolution> untold_resolution(const Source& source);

/// Puts the metadata into a fresh encoding that has none. What the format cannot hold
/// stays out, which `notes` tell. Errors: bad_input.
[[nodiscard]] Result<Buffer> with_metadata(Buffer bytes, Format target, const Carried& carried,
                                           std::vector<std::string>& notes);

/// A fresh PNG that says of its colours what the source says, if that is a PNG and
/// they are the same. Errors: bad_input.
[[nodiscard]] Result<Buffer> png_with_colours(const Source& source, ByteView encoded,
                                              bool new_colours);

}  // namespace imgmill
