#include "quality/model.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace imgmill {
namespace {

using Point = ScoreCurve::Point;

constexpr std::array jpeg_scores = {Point{10, 12.3}, Point{30, 39.8}, Point{50, 57.1},
                                    Point{65, 65.6}, Point{75, 72.1}, Point{82, 76.2},
                                    Point{88, 81.0}, Point{93, 88.4}, Point{97, 92.4},
                                    Point{100, 95.0}};
constexpr std::array webp_scores = {Point{20, 35.27}, Point{40, 51.62}, Point{60, 61.20},
                                    Point{75, 68.31}, Point{82, 75.82}, Point{88, 81.88},
                                    Point{93, 86.89}, Point{97, 89.82}, Point{100, 90.74}};
constexpr std::array avif_scores = {Point{30, 34.87}, Point{45, 59.01}, Point{55, 69.26},
                                    Point{65, 76.22}, Point{75, 82.14}, Point{85, 86.33},
                                    Point{95, 92.85}};
// 256 colours are all there are: above 80 little changes.
constexpr std::array png_scores = {Point{10, 46.1}, Point{30, 57.8}, Point{50, 68.4},
                                   Point{65, 73.8}, Point{80, 78},   Point{99, 82}};

// Mirrored: see usual_sizes().
constexpr std::array jpeg_sizes = {Point{1, -2.073}, Point{8, -1.055}, Point{19, -0.193},
                                   Point{26, 0},     Point{51, 0.546}, Point{71, 1.012}};
constexpr std::array webp_sizes = {Point{1, -1.427}, Point{13, -0.603}, Point{26, 0},
                                   Point{61, 0.498}, Point{81, 0.935}};

constexpr std::array avif_sizes = {Point{6, -0.959}, Point{16, -0.302}, Point{26, 0},
                                   Point{46, 0.695}, Point{56, 1.084},  Point{71, 1.768}};

constexpr std::array png_sizes = {Point{2, -0.015}, Point{21, 0},     Point{36, 0.115},
                                  Point{51, 0.237}, Point{71, 0.382}, Point{91, 0.556}};

// By the draft's score: how much more (or less) the real encoding scores.
constexpr std::array avif_bias = {Point{42, 1.84}, Point{60, 1.39}, Point{68, 1.09},
                                  Point{75, 0.89}, Point{80, 0.57}, Point{85, 0.40},
                                  Point{95, 0.40}};

constexpr std::array webp_bias = {Point{55, -2.63}, Point{68, -1.6}, Point{75, -0.8},
                                  Point{80, -0.1}, Point{86, 0.7}};

constexpr ScoreCurve jpeg_curve{jpeg_scores};
constexpr ScoreCurve webp_curve{webp_scores};
constexpr ScoreCurve avif_curve{avif_scores};
constexpr ScoreCurve png_curve{png_scores};
constexpr ScoreCurve jpeg_size_curve{jpeg_sizes};
constexpr ScoreCurve webp_size_curve{webp_sizes};
constexpr ScoreCurve avif_size_curve{avif_sizes};
constexpr ScoreCurve png_size_curve{png_sizes};

}  // namespace

const ScoreCurve& usual_scores(Format format) {
  switch (format) {
    case Format::webp:
      return webp_curve;
    case Format::avif:
      return avif_curve;
    case Format::png:
      return png_curve;
    default:
      return jpeg_curve;
  }
}

bool draft_pays(Format format, Effort effort) {
  // Our JPEG encoder takes less time than decoding and judging what it made.
  return effort != Effort::fast && (format == Format::webp || format == Format::avif);
}

double draft_bias(Format format, double score) {
  if (format != Format::webp && format != Format::avif) return 0;
  const std::span<const Point> points = format == Format::avif ? std::span<const Point>(avif_bias)
                                                               : std::span<const Point>(webp_bias);
  return ScoreCurve(points).score_at(
      std::clamp(score, points.front().quality, points.back().quality));
}

const ScoreCurve& usual_sizes(Format format) {
  return format == Format::webp   ? webp_size_curve
         : format == Format::avif ? avif_size_curve
         : format == Format::png  ? png_size_curve
                                  : jpeg_size_curve;
}

}  // namespace imgmill
