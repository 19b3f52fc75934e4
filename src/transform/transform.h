// Pixel operations between decoding and encoding.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codecs/picture.h"
#include "imgmill/error.h"
#include "imgmill/format.h"
#include "imgmill/settings.h"
#include "transform/icc.h"
#include "transform/icc_light.h"

namespace imgmill {

/// Turns a picture with EXIF `orientation` (1..8) upright, frame by frame. Reads all pixels into
/// memory.
[[nodiscard]] Result<Picture> turned_upright(Picture picture, int orientation);

/// The colour space of a picture's samples.
struct ColourFacts {
  IccFacts profile;  ///< the profile that applies, embedded or `made`; empty space: none, so sRGB
  /// True if the colour space does not come from an embedded profile but from `made` or, if that is
  /// empty, from something that no profile can express.
  bool implied = false;
  Buffer made;  ///< from code points, gAMA and cHRM, or DCF's marker for Adobe RGB
};

/// Observations made while a picture is converted.
struct Findings {
  std::vector<std::string> notes;   ///< for display, in order of occurrence
  std::optional<std::string> lost;  ///< the first note about a loss that nobody asked for
  bool new_colours = false;         ///< the samples are in a different colour space than before

  void note(std::string text) { notes.push_back(std::move(text)); }
  void lose(std::string text) {
    if (!lost) lost = text;
    note(std::move(text));
  }
};

/// Brings the extra channels into a form that `target` can hold. TIFF holds all of them as they
/// are, unless the colours are to be converted (`new_colours`). For everything else associated
/// alpha is divided out, and channels that are neither colour nor alpha are dropped. Dropped
/// channels, and associated colours brighter than their alpha, are a loss.
[[nodiscard]] Result<Picture> with_channels_for(Picture picture, const FormatInfo& target,
                                                bool new_colours, Findings& findings);

/// Converts colours to a form that `target` can hold and that looks the same:
///  - CMYK, Lab and the like become sRGB (TIFF holds them as they are);
///  - `to_srgb`: everything becomes sRGB and the profile is dropped;
///  - a profile that the target cannot carry, or that would not fit its channels, is applied.
/// Every conversion is noted, and is a loss unless `to_srgb` asked for it.
[[nodiscard]] Result<Picture> with_colours_for(Picture picture, const ColourFacts& facts,
                                               const FormatInfo& target, bool to_srgb,
                                               Findings& findings);

/// Converts the picture to samples with a known meaning: 8 or 16 bits in sRGB or, if an embedded
/// profile says otherwise and for CMYK and Lab, linear light as floats in sRGB's primaries (1 =
/// white; outside 0..1 for colours outside the sRGB gamut), relative colorimetric with black point
/// compensation. 1 to 4 channels, alpha as in the picture (0..1 for floats). Anything else is
/// converted as for display.
[[nodiscard]] Result<Picture> as_light(Picture picture);

/// The conversion that as_light() makes of 8-bit samples without alpha, if it takes no more than
/// tables and a matrix; nullopt, if it takes more or nothing.
[[nodiscard]] std::optional<IccLight> light_by_tables(const Picture& picture);

/// Reduces bit depth and transparency to what `target` can hold; notes losses.
[[nodiscard]] Result<Picture> fitted_to(Picture picture, const FormatInfo& target,
                                        Colour background, Findings& findings);

}  // namespace imgmill
