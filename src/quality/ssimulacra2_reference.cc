// SSIMULACRA 2.1 as it would be told, one whole plane after another.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/try.h"
#include "quality/light.h"
#include "quality/ssimulacra2.h"
#include "quality/ssimulacra2_weights.h"

namespace imgmill {
namespace {

using namespace quality;

struct Plane {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<float> values;

  Plane(std::size_t across, std::size_t down)
      : width(across), height(down), values(across * down) {}
  float& at(std::size_t x, std::size_t y) { return values[y * width + x]; }
  [[nodiscard]] float at(std::size_t x, std::size_t y) const { return values[y * width + x]; }
};

using Planes = std::vector<Plane>;

Planes read(const LightReader& reader, Background background) {
  Planes light(3, Plane(reader.width(), reader.height()));
  for (std::size_t y = 0; y < reader.height(); ++y) {
    reader.read(y, 0, reader.width(), background, &light[0].at(0, y), &light[1].at(0, y),
                &light[2].at(0, y));
  }
  return light;
}

/// Means of 2 x 2; at odd edges the last row or column counts twice.
Plane halved(const Plane& in) {
  Plane out((in.width + 1) / 2, (in.height + 1) / 2);
  for (std::size_t y = 0; y < out.height; ++y) {
    const std::size_t below = std::min(2 * y + 1, in.height - 1);
    for (std::size_t x = 0; x < out.width; ++x) {
      const std::size_t right = std::min(2 * x + 1, in.width - 1);
      out.at(x, y) =
          (in.at(2 * x, 2 * y) + in.at(right, 2 * y) + in.at(2 * x, below) + in.at(right, below)) /
          4;
    }
  }
  return out;
}

Planes to_xyb(const Planes& light) {
  Planes xyb = light;
  for (std::size_t i = 0; i < light[0].values.size(); ++i) {
    float root[3];
    for (std::size_t c = 0; c < 3; ++c) {
      const float mixed = cones[3 * c] * light[0].values[i] +
                          cones[3 * c + 1] * light[1].values[i] +
                          cones[3 * c + 2] * light[2].values[i] + cone_bias;
      root[c] = std::cbrt(std::max(mixed, 0.0F)) - cone_bias_root;
    }
    const float luma = (root[0] + root[1]) / 2;
    const float moved[3] = {x_stretch * (root[0] - root[1]) / 2 + xyb_offset[0],
                            luma + xyb_offset[1], root[2] - luma + xyb_offset[2]};
    for (std::size_t c = 0; c < 3; ++c) {
      xyb[c].values[i] = std::clamp(moved[c], xyb_lowest, xyb_highest);
    }
  }
  return xyb;
}

/// The weighted sum of `count` values that lie `step` apart, round number `i`.
float blurred_at(const float* values, std::size_t i, std::size_t count, std::size_t step) {
  double sum = gaussian[0] * static_cast<double>(values[i * step]);
  for (std::size_t away = 1; away <= gaussian_reach; ++away) {
    if (i >= away) sum += gaussian[away] * static_cast<double>(values[(i - away) * step]);
    if (i + away < count) sum += gaussian[away] * static_cast<double>(values[(i + away) * step]);
  }
  return static_cast<float>(sum);
}

Plane blurred(const Plane& in) {
  Plane across(in.width, in.height);
  Plane both(in.width, in.height);
  for (std::size_t y = 0; y < in.height; ++y) {
    for (std::size_t x = 0; x < in.width; ++x) {
      across.at(x, y) = blurred_at(&in.values[y * in.width], x, in.width, 1);
    }
  }
  for (std::size_t y = 0; y < in.height; ++y) {
    for (std::size_t x = 0; x < in.width; ++x) {
      both.at(x, y) = blurred_at(&across.values[x], y, in.height, in.width);
    }
  }
  return both;
}

Plane product(const Plane& a, const Plane& b) {
  Plane out(a.width, a.height);
  std::ranges::transform(a.values, b.values, out.values.begin(),
                         [](float one, float other) { return one * other; });
  return out;
}

double fourth_power(double value) { return value * value * value * value; }

/// The weighted sum of the six norms of one channel at one scale.
double error_of(const Plane& a, const Plane& b, const double* weight) {
  const Plane mean_a = blurred(a);
  const Plane mean_b = blurred(b);
  const Plane square_a = blurred(product(a, a));
  const Plane square_b = blurred(product(b, b));
  const Plane both = blurred(product(a, b));
  double sums[norm_count] = {};
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    const auto m1 = static_cast<double>(mean_a.values[i]);
    const auto m2 = static_cast<double>(mean_b.values[i]);
    const double luminance = 1 - (m1 - m2) * (m1 - m2);
    const double covariance = static_cast<double>(both.values[i]) - m1 * m2;
    const double variances = static_cast<double>(square_a.values[i]) - m1 * m1 +
                             static_cast<double>(square_b.values[i]) - m2 * m2;
    const double structure =
        std::max(0.0, 1 - luminance * (2 * covariance + static_cast<double>(variance_floor)) /
                              (variances + static_cast<double>(variance_floor)));
    const double edge = (1 + std::abs(static_cast<double>(b.values[i]) - m2)) /
                            (1 + std::abs(static_cast<double>(a.values[i]) - m1)) -
                        1;
    const double ringing = std::max(edge, 0.0);
    const double blur = std::max(-edge, 0.0);
    sums[structure_1] += structure;
    sums[ringing_1] += ringing;
    sums[blur_1] += blur;
    sums[structure_4] += fourth_power(structure);
    sums[ringing_4] += fourth_power(ringing);
    sums[blur_4] += fourth_power(blur);
  }
  const auto pixels = static_cast<double>(a.values.size());
  double error = 0;
  for (std::size_t n = 0; n < norm_count; ++n) {
    const double mean = sums[n] / pixels;
    error += weight[n] * (n < structure_4 ? mean : std::sqrt(std::sqrt(mean)));
  }
  return error;
}

double score_upon(const LightReader& original, const LightReader& candidate,
                  Background background) {
  Planes one = read(original, background);
  Planes other = read(candidate, background);
  const std::size_t scales = scales_of(original.width(), original.height());
  double sum = 0;
  for (std::size_t scale = 0; scale < scales; ++scale) {
    if (scale > 0) {
      for (Plane& plane : one) plane = halved(plane);
      for (Plane& plane : other) plane = halved(plane);
    }
    const Planes a = to_xyb(one);
    const Planes b = to_xyb(other);
    for (std::size_t c = 0; c < 3; ++c) {
      sum += error_of(a[c], b[c], weights_of(c, scale, scales));
    }
  }
  return score_of(sum);
}

}  // namespace

Result<double> ssimulacra2_reference(const PixelView& original, const PixelView& candidate) {
  IMGMILL_TRY(const LightReader one, LightReader::create(original));
  IMGMILL_TRY(const LightReader other, LightReader::create(candidate));
  IMGMILL_CHECK(quality::same_size(original, candidate));
  if (!one.transparent() && !other.transparent()) return score_upon(one, other, Background::none);
  return std::min(score_upon(one, other, Background::dark),
                  score_upon(one, other, Background::bright));
}

}  // namespace imgmill
