// Drawings (SVG): cleaned as text, compared as pictures.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source/source.h"

namespace imgmill {

/// `source`, an SVG, cleaned as far as its rendering stays the same: the original and the result
/// are drawn and compared at two sizes, and if they differ, less is cleaned, down to nothing. It
/// stays an SVG whatever format or size was requested, with a note saying so. Never bigger than the
/// input. An SVG with unusual content is left alone, with a note. Errors: limit.
[[nodiscard]] Result<Optimized> cleaned_drawing(const Source& source,
                                                const ImageSettings& settings);

/// The similarity of two drawings, 100 if no pixel differs. Errors: as drawn() in codecs/svg.h;
/// unsupported: some pixel differs by more than rounding of numbers explains.
struct Likeness {
  double score = 100;
  bool blank = false;  ///< nothing is visible in either, so nothing is proven
};
[[nodiscard]] Result<Likeness> likeness(ByteView original, ByteView other);

}  // namespace imgmill
