// A monotonic relation between an encoder's quality and the score or size of its output.
#pragma once

#include <span>

namespace imgmill {

/// Typical scores as a function of one encoder's quality number: points with increasing qualities
/// and scores, linearly interpolated and extrapolated.
class ScoreCurve {
 public:
  struct Point {
    double quality;
    double score;
  };
  /// At least two `points`, which must outlive the curve.
  constexpr explicit ScoreCurve(std::span<const Point> points) : points_(points) {}
  [[nodiscard]] double quality_for(double score) const;
  [[nodiscard]] double score_at(double quality) const;

 private:
  std::span<const Point> points_;
};

}  // namespace imgmill
