// SSIMULACRA 2.1 in its simplest form, one whole plane after another.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/try.h"
#include "quality/cosine_blur.h"
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

/// Means of 2 x 2 pixels; at odd edges the last row or column counts twice.
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

/// Values `step` apart, with zeros before and after them.
struct Line {
  const float* values;
  std::ptrdiff_t count;
  std::ptrdiff_t step;

  /// The recursion's input for result `n`: the values just outside its reach.
  [[nodiscard]] float pair(std::ptrdiff_t n) const {
    const std::ptrdiff_t first = n - CosineBlur::radius - 1;
    const std::ptrdiff_t second = n + CosineBlur::radius - 1;
    return (first >= 0 ? values[first * step] : 0.0F) +
           (second < count ? values[second * step] : 0.0F);
  }
};

/// Computes results `n` to `n + count` (1 or 4) of one cosine; `last` and `before` are the two
/// before.
void blur_some(const CosineBlur::Term& term, const Line& in, std::ptrdiff_t n, std::size_t count,
               float& last, float& before, float* results) {
  for (std::size_t i = 0; i < count; ++i) {
    float sum = in.pair(n) * term.four_input[i];
    for (std::size_t j = 1; j <= i; ++j) {
      sum = std::fma(in.pair(n + static_cast<std::ptrdiff_t>(j)), term.four_input[i - j], sum);
    }
    sum = std::fma(term.four_before[i], before, sum);
    results[i] = std::fma(term.four_previous[i], last, sum);
  }
  before = count == 1 ? last : results[count - 2];
  last = results[count - 1];
}

/// Along a row the reference implementation takes four steps at once, except at both ends.
void blur_row(const Line& in, float* out) {
  constexpr std::ptrdiff_t radius = CosineBlur::radius;
  constexpr std::ptrdiff_t first_four = 8;
  float last[3] = {};
  float before[3] = {};
  for (std::ptrdiff_t n = 1 - radius; n < in.count;) {
    const bool four = n >= first_four && n < in.count - radius - 2;
    const std::size_t count = four ? 4 : 1;
    float results[3][4];
    for (std::size_t k = 0; k < 3; ++k) {
      blur_some(cosine_blur().terms[k], in, n, count, last[k], before[k], results[k]);
    }
    for (std::size_t i = 0; i < count; ++i, ++n) {
      if (n >= 0) out[n] = results[0][i] + (results[1][i] + results[2][i]);
    }
  }
}

void blur_column(const Line& in, float* out) {
  float last[3] = {};
  float before[3] = {};
  for (std::ptrdiff_t n = 1 - CosineBlur::radius; n < in.count; ++n) {
    float results[3];
    for (std::size_t k = 0; k < 3; ++k) {
      const CosineBlur::Term& term = cosine_blur().terms[k];
      results[k] = std::fma(term.input, in.pair(n), std::fma(term.previous, last[k], -before[k]));
      before[k] = last[k];
      last[k] = results[k];
    }
    if (n >= 0) out[n * in.step] = results[0] + (results[1] + results[2]);
  }
}

Plane blurred(const Plane& in) {
  const auto width = static_cast<std::ptrdiff_t>(in.width);
  const auto height = static_cast<std::ptrdiff_t>(in.height);
  Plane across(in.width, in.height);
  Plane both(in.width, in.height);
  for (std::size_t y = 0; y < in.height; ++y) {
    blur_row({&in.values[y * in.width], width, 1}, &across.at(0, y));
  }
  for (std::size_t x = 0; x < in.width; ++x) {
    blur_column({&across.values[x], height, width}, &both.at(x, 0));
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
  return weighted_norms(sums, static_cast<double>(a.values.size()), weight);
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
  IMGMILL_CHECK(same_size(original.width, original.height, candidate));
  if (!one.transparent() && !other.transparent()) return score_upon(one, other, Background::none);
  return std::min(score_upon(one, other, Background::dark),
                  score_upon(one, other, Background::bright));
}

}  // namespace imgmill
