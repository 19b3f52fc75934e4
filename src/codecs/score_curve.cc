#include "codecs/score_curve.h"

#include <cstddef>

namespace imgmill {
namespace {

double between(double x, double x0, double x1, double y0, double y1) {
  return y0 + (x - x0) * (y1 - y0) / (x1 - x0);
}

}  // namespace

double ScoreCurve::quality_for(double score) const {
  std::size_t i = 1;
  while (i + 1 < points_.size() && points_[i].score < score) ++i;
  return between(score, points_[i - 1].score, points_[i].score, points_[i - 1].quality,
                 points_[i].quality);
}

double ScoreCurve::score_at(double quality) const {
  std::size_t i = 1;
  while (i + 1 < points_.size() && points_[i].quality < quality) ++i;
  return between(quality, points_[i - 1].quality, points_[i].quality, points_[i - 1].score,
                 points_[i].score);
}

}  // namespace imgmill
