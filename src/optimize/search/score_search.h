// Searches for the lowest quality that reaches a score.
#pragma once

#include <optional>

#include "optimize/search/trials.h"

namespace imgmill {

/// Leaves the encoding with the lowest quality that reaches the aim's target in `trials.best`, or
/// nothing. A sample or drafts, if they pay off, give the first quality. `seen`: a quality at which
/// the picture was encoded before, and its score there, if known. Errors: unsupported: the result
/// would be no smaller than `to_beat`; the encoder's, bad_input.
[[nodiscard]] Result<void> search_by_score(Trials& trials,
                                           const std::optional<ScoreCurve::Point>& seen);

}  // namespace imgmill
