// Where the whole of a picture reaches a score, foretold by something cheaper.
#pragma once

#include <functional>
#include <vector>

#include "imgmill/error.h"
#include "quality/search.h"

namespace imgmill {

/// Foretells what all of a picture scores from a part that is encoded and judged in its place. The
/// part strays from the whole by half a point or more, but by nearly the same at neighbouring
/// qualities: on 36 photographs, each made coarser at two to five qualities around a score of 80,
/// by 0.0 to 0.3 points. So one look at the whole tells how far the part strays, and the next
/// foretelling is about right.
class Foretelling {
 public:
  /// What the whole would score at a quality, judging by the part. Errors: the encoder's.
  using Part = std::function<Result<double>(double quality)>;

  struct Plan {
    double low = 1;  ///< the lowest and highest quality that there is
    double high = 100;
    double step = 1;  ///< between qualities that the encoder tells apart
    QualitySearch::Bend bend = QualitySearch::Bend::move;
  };

  /// `curve` outlives this.
  Foretelling(Part part, const Plan& plan, const ScoreCurve& curve)
      : part_(std::move(part)), plan_(plan), curve_(&curve) {}

  /// The quality at which the whole should score `score` or, where scores leap, what comes next
  /// above it, and what it should score there. Looked for from `guess` on until the part scores
  /// within `near` points of it, with `most_tries` tries at most; those of earlier calls count for
  /// nothing. Errors: those of the part.
  [[nodiscard]] Result<ScoreCurve::Point> quality_for(double score, double guess, double near,
                                                      int most_tries);

  /// The whole scored `score` at `quality`.
  [[nodiscard]] Result<void> learn(double quality, double score);

 private:
  [[nodiscard]] const ScoreCurve::Point* known(double quality) const;
  [[nodiscard]] Result<double> score_of_part(double quality);
  [[nodiscard]] double on_grid(double quality) const;

  Part part_;
  Plan plan_;
  const ScoreCurve* curve_;
  std::vector<ScoreCurve::Point> tried_;  ///< scores of the part
  double strays_ = 0;                     ///< the whole's score, less what the part said
};

}  // namespace imgmill
