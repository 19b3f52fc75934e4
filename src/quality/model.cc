#include "quality/model.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace imgmill {
namespace {

using Point = ScoreCurve::Point;

constexpr std::array jpeg_scores = {
    Point{10, 12.3}, Point{30, 39.8}, Point{50, 57.1}, Point{65, 65.6}, Point{75, 72.1},
    Point{82, 76.2}, Point{88, 81.0}, Point{93, 88.4}, Point{97, 92.4}, Point{100, 95.0}};
// Eight Kodak pictures and the centres of eight photographs; also for the WebP sizes.
constexpr std::array webp_scores = {Point{20, 38.1}, Point{40, 53.3}, Point{60, 63.4},
                                    Point{75, 69.0}, Point{82, 76.0}, Point{88, 81.8},
                                    Point{93, 86.3}, Point{97, 88.9}, Point{100, 89.4}};
// Six Kodak pictures and two photographs; also for the AVIF sizes and bias.
constexpr std::array avif_scores = {Point{30, 37.72}, Point{45, 61.13}, Point{55, 71.14},
                                    Point{65, 78.31}, Point{75, 84.14}, Point{85, 88.54},
                                    Point{95, 94.02}};
// Seven Kodak pictures and four photographs.
constexpr std::array jxl_scores = {Point{20, 30.19}, Point{40, 49.30}, Point{60, 63.60},
                                   Point{75, 72.86}, Point{82, 77.81}, Point{88, 83.29},
                                   Point{93, 88.05}, Point{97, 91.81}, Point{100, 94.79}};
// There are only 256 colours: above 80 little changes.
constexpr std::array png_scores = {Point{10, 46.1}, Point{30, 57.8}, Point{50, 68.4},
                                   Point{65, 73.8}, Point{80, 78},   Point{99, 82}};

// Mirrored: see usual_sizes().
constexpr std::array jpeg_sizes = {Point{1, -2.073}, Point{8, -1.055}, Point{19, -0.193},
                                   Point{26, 0},     Point{51, 0.546}, Point{71, 1.012}};
constexpr std::array webp_sizes = {Point{1, -1.527}, Point{13, -0.607}, Point{26, 0},
                                   Point{61, 0.458}, Point{81, 0.831}};

constexpr std::array avif_sizes = {Point{6, -1.303}, Point{16, -0.409}, Point{26, 0},
                                   Point{36, 0.391}, Point{46, 0.738},  Point{56, 1.131},
                                   Point{71, 1.848}};

constexpr std::array jxl_sizes = {Point{1, -2.006}, Point{8, -0.889}, Point{19, -0.258},
                                  Point{26, 0},     Point{41, 0.377}, Point{61, 0.710},
                                  Point{81, 1.142}};

constexpr std::array png_sizes = {Point{2, -0.015}, Point{21, 0},     Point{36, 0.115},
                                  Point{51, 0.237}, Point{71, 0.382}, Point{91, 0.556}};

// By the draft's score: the real encoding's score minus the draft's.
constexpr std::array avif_bias = {Point{35, 2.82}, Point{59, 2.13}, Point{70, 1.19},
                                  Point{77, 1.02}, Point{84, 0.52}, Point{88, 0.42},
                                  Point{94, 0.14}};

constexpr std::array jxl_bias = {Point{50, 0},    Point{61, 2.46},  Point{72, 0.81},
                                 Point{78, -0.2}, Point{84, -0.27}, Point{92, -0.39}};

constexpr ScoreCurve jpeg_curve{jpeg_scores};
constexpr ScoreCurve webp_curve{webp_scores};
constexpr ScoreCurve avif_curve{avif_scores};
constexpr ScoreCurve png_curve{png_scores};
constexpr ScoreCurve jxl_curve{jxl_scores};
constexpr ScoreCurve jpeg_size_curve{jpeg_sizes};
constexpr ScoreCurve webp_size_curve{webp_sizes};
constexpr ScoreCurve avif_size_curve{avif_sizes};
constexpr ScoreCurve png_size_curve{png_sizes};
constexpr ScoreCurve jxl_size_curve{jxl_sizes};

}  // namespace

const ScoreCurve& usual_scores(Format format) {
  switch (format) {
    case Format::webp:
      return webp_curve;
    case Format::avif:
      return avif_curve;
    case Format::png:
      return png_curve;
    case Format::jpegxl:
      return jxl_curve;
    default:
      return jpeg_curve;
  }
}

namespace {

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
  const ScoreCurve& usual = jpeg_curve;
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

bool samples_tell(Format format) {
  // AVIF at equal quality deviated by up to 4 points.
  return format == Format::jpeg || format == Format::webp;
}

double whole_score(double sample) { return 100 - seams_hide * (100 - sample); }

double sample_score(double whole) { return 100 - (100 - whole) / seams_hide; }

bool draft_pays(Format format, Effort effort) {
  // Our JPEG and WebP encoders take less time than decoding and scoring their output.
  return effort != Effort::fast && (format == Format::avif || format == Format::jpegxl);
}

double draft_bias(Format format, double score) {
  if (format != Format::avif && format != Format::jpegxl) return 0;
  const std::span<const Point> points =
      format == Format::avif ? std::span<const Point>(avif_bias) : std::span<const Point>(jxl_bias);
  return ScoreCurve(points).score_at(
      std::clamp(score, points.front().quality, points.back().quality));
}

const ScoreCurve& usual_sizes(Format format) {
  switch (format) {
    case Format::webp:
      return webp_size_curve;
    case Format::avif:
      return avif_size_curve;
    case Format::png:
      return png_size_curve;
    case Format::jpegxl:
      return jxl_size_curve;
    default:
      return jpeg_size_curve;
  }
}

}  // namespace imgmill
