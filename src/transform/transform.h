// What happens to pixels between decoding and encoding.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codecs/picture.h"
#include "imgmill/error.h"
#include "imgmill/format.h"
#include "imgmill/settings.h"
#include "transform/geometry.h"
#include "transform/icc.h"

namespace imgmill {

/// The turn that makes a picture with EXIF `orientation` (1..8) upright. One
/// frame only. Needs the pixels in memory and puts them there.
[[nodiscard]] Result<Picture> turned_upright(Picture picture, int orientation);

/// What is known about the meaning of the numbers in a picture.
struct ColourFacts {
  IccFacts profile;             ///< empty space: none
  std::optional<double> gamma;  ///< PNG gAMA that overrides sRGB's curve
};

/// Brings colours into a form that `target` can hold and that looks as before:
///  - CMYK, Lab and the like become sRGB (TIFF holds them as they are);
///  - `to_srgb`: everything becomes sRGB and the profile goes;
///  - a profile that the target cannot carry, or that would not fit its
///    channels, is applied;
///  - a PNG's own gamma is applied when the target knows none.
/// Notes say what was done.
[[nodiscard]] Result<Picture> with_colours_for(Picture picture, const ColourFacts& facts,
                                               const FormatInfo& target, bool to_srgb,
                                               std::vector<std::string>& notes);

/// Lanczos-3 resampling, colours weighted by their alpha; frames apart.
[[nodiscard]] Result<Picture> scaled_to(Picture picture, Extent extent);

/// Bit depth and transparency that `target` can hold; notes say what was lost.
[[nodiscard]] Result<Picture> fitted_to(Picture picture, const FormatInfo& target,
                                        Colour background, std::vector<std::string>& notes);

}  // namespace imgmill
