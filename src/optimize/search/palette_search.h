// Searches for the quality of a palette.
#pragma once

#include "optimize/search/trials.h"

namespace imgmill {

/// Leaves the palette encoding with the lowest quality that reaches the aim's target in
/// `trials.best`, or the former best. Chooses whether to dither. Errors: the encoder's, bad_input.
[[nodiscard]] Result<void> search_palette(Trials& trials, double guess);

}  // namespace imgmill
