// Statistical models of what happens to scores: where a search starts.
#pragma once

#include <vector>

#include "codecs/score_curve.h"

namespace imgmill {

/// The usual scores of a JPEG whose own coefficients, quantised once at `quality_before` on
/// libjpeg's scale, are quantised more coarsely: the closer the new steps are to the old ones, the
/// less it loses relative to the source. `halved`: its chroma has half the resolution. Means over
/// the 24 Kodak pictures written by libjpeg-turbo at 85 and 90 with subsampled chroma and at 92 and
/// 95 with full chroma, and requantised at the even qualities from 62 to 94; pictures deviate by 5
/// to 8% of the loss. quality_before: 1..100. Returns points for a ScoreCurve, with increasing
/// qualities and scores.
[[nodiscard]] std::vector<ScoreCurve::Point> scores_made_coarser(int quality_before, bool halved);

/// The score of a picture whose sample (optimize/search/sample.h) scores `sample`, and the inverse:
/// the seams between the tiles hide some of the loss. Measured on 26 photographs and 24 Kodak
/// pictures.
[[nodiscard]] double whole_score(double sample);
[[nodiscard]] double sample_score(double whole);

}  // namespace imgmill
