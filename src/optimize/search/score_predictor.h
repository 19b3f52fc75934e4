// Predicts where the whole picture reaches a score, using a cheaper proxy.
#pragma once

#include <functional>
#include <vector>

#include "imgmill/error.h"
#include "quality/quality_bracket.h"

namespace imgmill {

/// Predicts the score of the whole picture from a part that is encoded and scored in its place. The
/// part's score deviates from the whole's by half a point or more, but by nearly the same at
/// neighbouring qualities: on 36 photographs, each requantised at two to five qualities around a
/// score of 80, the deviation varied by 0.0 to 0.3 points. So measuring the whole once reveals the
/// deviation, and the next prediction is about right.
class ScorePredictor {
 public:
  /// The predicted score of the whole at a quality, from the part. Errors: the encoder's.
  using Part = std::function<Result<double>(double quality)>;

  struct Plan {
    double low = 1;  ///< the range of qualities
    double high = 100;
    double step = 1;  ///< between qualities that the encoder distinguishes
    QualityBracket::Bend bend = QualityBracket::Bend::move;
  };

  /// `curve` must outlive this.
  ScorePredictor(Part part, const Plan& plan, const ScoreCurve& curve)
      : part_(std::move(part)), plan_(plan), curve_(&curve) {}

  /// The quality at which the whole should score `score` or, where scores jump, the next one above
  /// it, and the score expected there. Searches from `guess` on until the part scores within `near`
  /// points of it, with at most `most_tries` tries; those of earlier calls do not count. Errors:
  /// those of the part.
  [[nodiscard]] Result<ScoreCurve::Point> quality_for(double score, double guess, double near,
                                                      int most_tries);

  /// Reports that the whole scored `score` at `quality`.
  [[nodiscard]] Result<void> learn(double quality, double score);

 private:
  [[nodiscard]] const ScoreCurve::Point* known(double quality) const;
  [[nodiscard]] Result<double> score_of_part(double quality);
  [[nodiscard]] double on_grid(double quality) const;

  Part part_;
  Plan plan_;
  const ScoreCurve* curve_;
  std::vector<ScoreCurve::Point> tried_;  ///< scores of the part
  double strays_ = 0;                     ///< the whole's score minus the part's prediction
};

}  // namespace imgmill
