#include "quality/quality_bracket.h"

#include <algorithm>
#include <cmath>

namespace imgmill {
namespace {

double between(double x, double x0, double x1, double y0, double y1) {
  return y0 + (x - x0) * (y1 - y0) / (x1 - x0);
}

}  // namespace

// This picture's loss relative to the curve's.
double QualityBracket::loss_factor(const Try& known) const {
  constexpr double least_loss = 0.5;  // points; nothing can be concluded from a smaller loss
  return std::max(100 - known.score, least_loss) /
         std::max(100 - curve_->score_at(known.quality), least_loss);
}

double QualityBracket::predicted_by_loss(double score) const {
  double factor = loss_factor(pass_ ? *pass_ : *fail_);
  if (pass_ && fail_) {
    factor = between(score, fail_->score, pass_->score, loss_factor(*fail_), factor);
  }
  return curve_->quality_for(100 - (100 - score) / factor);
}

// The quality expected to give `score`, judging by the tries so far.
double QualityBracket::predicted(double score) const {
  if (plan_.bend == Bend::multiply) return predicted_by_loss(score);
  const double usual = curve_->quality_for(score);
  if (pass_ && fail_) {
    // Interpolate along the usual curve, warped to pass through both points.
    const double low = curve_->quality_for(fail_->score);
    const double high = curve_->quality_for(pass_->score);
    if (high - low > 0.01) {
      return between(usual, low, high, fail_->quality, pass_->quality);
    }
    return 0.5 * (fail_->quality + pass_->quality);
  }
  // With one point, shift the usual curve to pass through it. With two on one side, stretch it as
  // well, since this picture's curve is steeper or flatter.
  const Try& known = pass_ ? *pass_ : *fail_;
  const double at_known = curve_->quality_for(known.score);
  double stretch = 1;
  if (before_) {
    const double usual_step = at_known - curve_->quality_for(before_->score);
    if (std::abs(usual_step) > 0.01) stretch = (known.quality - before_->quality) / usual_step;
    stretch = std::isfinite(stretch) ? std::clamp(stretch, 0.7, 4.0) : 1;
  }
  return known.quality + stretch * (usual - at_known);
}

// The nearest quality that the encoder supports.
double QualityBracket::on_grid(double quality) const {
  return std::round(std::clamp(quality, -1000.0, 1000.0) / plan_.step) * plan_.step;
}

bool QualityBracket::over() const {
  if (tries_ >= plan_.most_tries || least() > most()) return true;
  if (pass_ && fail_ && pass_->quality - fail_->quality <= plan_.narrow) return true;
  return pass_ && pass_->score <= plan_.target + plan_.near_enough;
}

std::optional<double> QualityBracket::next() const {
  if (!pass_ && !fail_) return next_near(std::isfinite(plan_.guess) ? plan_.guess : plan_.high);
  // Aim for the middle of the tolerance: falling just short costs a whole further try. After
  // falling short once, aim near its upper end.
  return next_near(predicted(plan_.target + (pass_ ? 0.5 : 0.9) * plan_.near_enough));
}

std::optional<double> QualityBracket::next_near(double aim) const {
  if (over()) return std::nullopt;
  if (!std::isfinite(aim)) aim = 0.5 * (least() + most());
  const int left = plan_.most_tries - tries_;
  if (!pass_ && fail_) {
    // With few tries left, reaching the target at all has priority.
    aim += left == 1 ? 0.7 * (plan_.high - aim) : left == 2 ? 0.3 * (plan_.high - aim) : 0.0;
  }
  const double quality = on_grid(aim);
  if (pass_ && quality > most()) {
    // One step below is not expected to reach the target. Only a wide bracket, in which little is
    // known, is worth another try.
    if (!fail_ || most() - least() < 6) return std::nullopt;
  }
  return std::clamp(quality, least(), most());
}

void QualityBracket::tried(double quality, double score) {
  ++tries_;
  if (score >= plan_.target) {
    if (!pass_ || quality < pass_->quality) {
      before_ = pass_;
      pass_ = Try{quality, score};
    }
  } else if (!fail_ || quality > fail_->quality) {
    before_ = fail_;
    fail_ = Try{quality, score};
  }
  // The scores are not monotonic. The passing try is proven, so the failing one is dropped.
  if (pass_ && fail_ && fail_->quality >= pass_->quality) fail_.reset();
}

}  // namespace imgmill
