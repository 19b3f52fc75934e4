// What happens to pixels between decoding and encoding.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codecs/picture.h"
#include "imgmill/error.h"
#include "imgmill/format.h"
#include "imgmill/settings.h"
#include "transform/icc.h"

namespace imgmill {

/// The turn that makes a picture with EXIF `orientation` (1..8) upright, frame by frame. Needs the
/// pixels in memory and puts them there.
[[nodiscard]] Result<Picture> turned_upright(Picture picture, int orientation);

/// What is known about the meaning of the numbers in a picture.
struct ColourFacts {
  IccFacts profile;  ///< that explains them, embedded or `made`; empty space: none, they are sRGB
  /// Whether something else than an embedded profile explains them: `made`, or where that is empty
  /// nothing that a profile can say.
  bool implied = false;
  Buffer made;  ///< of code points, gAMA and cHRM, or DCF's word for Adobe RGB
};

/// What came to light on the way of a picture from one file to another.
struct Findings {
  std::vector<std::string> notes;   ///< for people, in the order of events
  std::optional<std::string> lost;  ///< the first note that tells of a loss nobody asked for
  bool new_colours = false;         ///< the numbers stand for colours in another way than before

  void note(std::string text) { notes.push_back(std::move(text)); }
  void lose(std::string text) {
    if (!lost) lost = text;
    note(std::move(text));
  }
};

/// Brings the channels behind the colours into a form that `target` can hold. TIFF holds all of
/// them as they are, unless the colours are to be converted (`new_colours`). For everything else
/// colours are divided by alpha that they have been multiplied by, and what is neither colour nor
/// alpha is dropped. Colours brighter than their alpha, which only multiplied ones can be, and
/// dropped channels are a loss.
[[nodiscard]] Result<Picture> with_channels_for(Picture picture, const FormatInfo& target,
                                                bool new_colours, Findings& findings);

/// Brings colours into a form that `target` can hold and that looks as before:
///  - CMYK, Lab and the like become sRGB (TIFF holds them as they are);
///  - `to_srgb`: everything becomes sRGB and the profile goes;
///  - a profile that the target cannot carry, or that would not fit its
///    channels, is applied.
/// What was done is told, and is a loss unless `to_srgb` asked for it.
[[nodiscard]] Result<Picture> with_colours_for(Picture picture, const ColourFacts& facts,
                                               const FormatInfo& target, bool to_srgb,
                                               Findings& findings);

/// The picture as numbers whose meaning is known: 8 or 16 bits in sRGB, or, where an embedded
/// profile says something else, and for CMYK and Lab, light as floats in sRGB's primaries (1 =
/// white; outside 0..1 for colours that sRGB has not), relative colorimetric with matching black
/// points. 1 to 4 channels, alpha as in the picture (0..1 beside floats). What cannot be read so
/// any other way is shown as on a screen.
[[nodiscard]] Result<Picture> as_light(Picture picture);

/// Bit depth and transparency that `target` can hold; notes say what was lost.
[[nodiscard]] Result<Picture> fitted_to(Picture picture, const FormatInfo& target,
                                        Colour background, Findings& findings);

}  // namespace imgmill
