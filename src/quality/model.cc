#include "quality/model.h"

#include <algorithm>
#include <array>

#include "codecs/jpeg.h"

namespace imgmill {
namespace {

using Point = ScoreCurve::Point;

// The step size of libjpeg's scaling rule relative to that at quality 50.
double coarseness(int quality) {
  if (quality < 50) return 50.0 / quality;
  return std::max(2.0 - 0.02 * quality, 0.01);
}

// Fraction of the usual loss that remains, by the ratio of old to new steps.
constexpr std::array shares = {
    Point{0, 1.03},    Point{0.26, 1},     Point{0.36, 0.93}, Point{0.42, 0.87}, Point{0.5, 0.75},
    Point{0.56, 0.69}, Point{0.625, 0.62}, Point{0.75, 0.52}, Point{0.94, 0.4},  Point{1, 0.35}};
// At the same quality number, full-resolution chroma has coarser steps.
constexpr double full_chroma_share = 0.72;

}  // namespace

std::vector<Point> scores_made_coarser(int quality_before, bool halved) {
  const ScoreCurve& usual = JpegCodec::search_traits.scores;
  const ScoreCurve share{shares};
  const double old = coarseness(quality_before) * (halved ? 1 : full_chroma_share);
  std::vector<Point> points;
  for (int quality = 1; quality <= 100; ++quality) {
    const double loss = std::max(100 - usual.score_at(quality), 0.0);
    const double left = share.score_at(std::min(old / coarseness(quality), 1.0));
    points.push_back({static_cast<double>(quality), 100 - loss * left});
  }
  return points;
}

namespace {

// Loss of the whole picture relative to that of the sample.
constexpr double seams_hide = 1.05;

}  // namespace

double whole_score(double sample) { return 100 - seams_hide * (100 - sample); }

double sample_score(double whole) { return 100 - (100 - whole) / seams_hide; }

}  // namespace imgmill
