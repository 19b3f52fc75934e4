// Statistical models of encoders: where a search starts.
#pragma once

#include <cstdint>
#include <vector>

#include "imgmill/format.h"
#include "imgmill/settings.h"
#include "quality/search.h"

namespace imgmill {

/// Typical scores as a function of the quality of `format`'s encoder: means over the 24 Kodak
/// pictures and 13 CLIC 2025 photographs (webp: 8 Kodak pictures and 8 photographs; png: 8 Kodak
/// pictures; avif: 6, and 2 photographs; jxl: 7, and 4), as measured by imgmill_score_curves;
/// `./run bench fit` fits the curves to other pictures. jpeg, png, webp, avif and jxl only. Gives a
/// search its starting point. Features of the picture are not used: in addition to a draft they
/// reduced the error on unseen pictures by at most 9%.
[[nodiscard]] const ScoreCurve& usual_scores(Format format);

/// The same for a JPEG whose own coefficients, quantised once at `quality_before` on libjpeg's
/// scale, are quantised more coarsely: the closer the new steps are to the old ones, the less it
/// loses relative to the source. `halved`: its chroma has half the resolution. Means over the 24
/// Kodak pictures written by libjpeg-turbo at 85 and 90 with subsampled chroma and at 92 and 95
/// with full chroma, and requantised at the even qualities from 62 to 94; pictures deviate by 5 to
/// 8% of the loss. quality_before: 1..100. Returns points for a ScoreCurve, with increasing
/// qualities and scores.
[[nodiscard]] std::vector<ScoreCurve::Point> scores_made_coarser(int quality_before, bool halved);

/// True if a sample of a picture's tiles (optimize/sample.h) predicts the score of the whole. False
/// for encoders that distribute bits over the whole picture.
[[nodiscard]] bool samples_tell(Format format);

/// The score of a picture whose sample scores `sample`, and the inverse: the seams between the
/// tiles hide some of the loss. Measured on 26 photographs and 24 Kodak pictures.
[[nodiscard]] double whole_score(double sample);
[[nodiscard]] double sample_score(double whole);

/// True if a draft is so much faster than the real encoding that trying one first pays off.
[[nodiscard]] bool draft_pays(Format format, Effort effort);

/// By how much the real encoding usually exceeds a draft with this score. Measured on the same
/// pictures.
[[nodiscard]] double draft_bias(Format format, double score);

/// Typical sizes as a function of quality, as a curve on which the smallest comes last: its
/// "quality" is 101 minus the encoder's, its "score" the negative natural logarithm of the size
/// relative to the size at the encoder's quality of 75.
[[nodiscard]] const ScoreCurve& usual_sizes(Format format);

}  // namespace imgmill
