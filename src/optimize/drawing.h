// Drawings (SVG): cleaned as text, looked at as pictures.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"

namespace imgmill {

/// `source`, an SVG, cleaned as far as its drawing stays the same: the original and what came of it
/// are drawn and compared at two sizes, and where they differ, less is done, down to nothing. It
/// stays an SVG whatever format or size was asked for, and a note says so. Never bigger than the
/// input. An SVG that is odd is left alone, and that is said. Errors: limit.
[[nodiscard]] Result<Optimized> cleaned_drawing(const Source& source,
                                                const ImageSettings& settings);

/// How alike two drawings look, 100 where no pixel differs. Errors as drawn() in codecs/svg.h;
/// unsupported: one pixel or another differs by more than rounding numbers does.
struct Likeness {
  double score = 100;
  bool blank = false;  ///< nothing is seen of either, so that nothing is proved
};
[[nodiscard]] Result<Likeness> likeness(ByteView original, ByteView other);

}  // namespace imgmill
