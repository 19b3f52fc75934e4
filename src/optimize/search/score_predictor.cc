#include "optimize/search/score_predictor.h"

#include <algorithm>
#include <cmath>

#include "base/try.h"

namespace imgmill {

const ScoreCurve::Point* ScorePredictor::known(double quality) const {
  for (const ScoreCurve::Point& point : tried_) {
    if (point.quality == quality) return &point;
  }
  return nullptr;
}

Result<double> ScorePredictor::score_of_part(double quality) {
  if (const ScoreCurve::Point* point = known(quality)) return point->score;
  IMGMILL_TRY(const double score, part_(quality));
  tried_.push_back({quality, score});
  return score;
}

double ScorePredictor::on_grid(double quality) const {
  return std::clamp(std::round(quality / plan_.step) * plan_.step, plan_.low, plan_.high);
}

Result<ScoreCurve::Point> ScorePredictor::quality_for(double score, double guess, double near,
                                                      int most_tries) {
  const double aim = score - strays_;
  QualityBracket search({.target = aim,
                         .low = plan_.low,
                         .high = plan_.high,
                         .guess = guess,
                         .step = plan_.step,
                         .bend = plan_.bend},
                        *curve_);
  for (const ScoreCurve::Point& point : tried_) search.tried(point.quality, point.score);
  for (int tries = 0;; ++tries) {
    const auto close = [&](const auto& point) { return std::abs(point.score - aim) < near; };
    if (std::ranges::any_of(tried_, close)) return ScoreCurve::Point{search.expected(aim), score};
    double quality = on_grid(search.expected(aim));
    const ScoreCurve::Point* there = known(quality);
    // A quality that has fallen short would do so again; the score may jump at the next step.
    while (there != nullptr && there->score < aim && quality < plan_.high) {
      quality = on_grid(quality + plan_.step);
      there = known(quality);
    }
    if (there != nullptr) return ScoreCurve::Point{quality, there->score + strays_};
    if (tries == most_tries) return ScoreCurve::Point{quality, score};
    IMGMILL_TRY(const double found, score_of_part(quality));
    search.tried(quality, found);
  }
}

Result<void> ScorePredictor::learn(double quality, double score) {
  IMGMILL_TRY(const double said, score_of_part(quality));
  strays_ = score - said;
  return {};
}

}  // namespace imgmill
