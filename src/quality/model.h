// What is known about encoders before they are asked: where a search begins.
#pragma once

#include <cstdint>
#include <vector>

#include "imgmill/format.h"
#include "imgmill/settings.h"
#include "quality/search.h"

namespace imgmill {

/// How scores usually follow the quality of `format`'s encoder: means over the 24 Kodak
/// pictures and 13 CLIC 2025 photographs (webp: 8 Kodak pictures and 8 photographs; png: 8 Kodak
/// pictures; avif: 6, and 2 photographs; jxl: 7, and 4), as imgmill_score_curves measures them;
/// `./run bench fit` fits others to other pictures. jpeg, png, webp, avif and jxl only. Where a
/// search begins; what the picture looks like is not used: beside a draft it lowered the error on
/// pictures not seen by at most 9%.
[[nodiscard]] const ScoreCurve& usual_scores(Format format);

/// The same for a JPEG whose own coefficients, quantised once at `quality_before` on libjpeg's
/// scale, are made coarser: what it loses against itself is less, the nearer the new steps are
/// to the old ones. `halved`: its chroma has half the resolution. Means over the 24 Kodak pictures
/// written by libjpeg-turbo at 85 and 90 with halved chroma and at 92 and 95 with full chroma, and
/// made coarser at the even qualities from 62 to 94; pictures stray from it by 5 to 8% of the loss.
/// quality_before: 1..100. Points for a ScoreCurve, with rising qualities and scores.
[[nodiscard]] std::vector<ScoreCurve::Point> scores_made_coarser(int quality_before, bool halved);

/// Whether a sample of a picture's tiles (optimize/sample.h) tells what all of it scores: not
/// where an encoder spreads its bits over the whole picture.
[[nodiscard]] bool samples_tell(Format format);

/// What a picture scores whose sample scores `sample`, and the other way round: the seams between
/// the tiles hide a little. Measured on 26 photographs and 24 Kodak pictures.
[[nodiscard]] double whole_score(double sample);
[[nodiscard]] double sample_score(double whole);

/// Whether a draft is so much quicker than the real encoding that trying one first pays.
[[nodiscard]] bool draft_pays(Format format, Effort effort);

/// What the real encoding usually scores more than a draft that scored `score`. Measured on
/// the same pictures.
[[nodiscard]] double draft_bias(Format format, double score);

/// How sizes usually follow the quality, as a curve in which the smallest comes last: the
/// "quality" is 101 less the encoder's, the "score" the negative natural logarithm of the size
/// against that at the encoder's quality of 75.
[[nodiscard]] const ScoreCurve& usual_sizes(Format format);

}  // namespace imgmill
