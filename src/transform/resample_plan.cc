#include "transform/resample_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace imgmill {
namespace {

/// A weighted sum of adjacent samples; the first index may be negative.
struct Sum {
  std::int64_t first = 0;
  std::vector<double> weights;

  void add(std::int64_t sample, double weight) {
    if (weights.empty()) first = sample;
    if (sample < first) {
      weights.insert(weights.begin(), static_cast<std::size_t>(first - sample), 0);
      first = sample;
    }
    const auto at = static_cast<std::size_t>(sample - first);
    if (at >= weights.size()) weights.resize(at + 1);
    weights[at] += weight;
  }

  /// Returns the sum with each sample replaced by what `each(sum, sample, weight)` adds.
  template <typename Each>
  [[nodiscard]] Sum with(Each each) const {
    Sum out;
    out.weights.reserve(weights.size() + 2);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      each(out, first + static_cast<std::int64_t>(i), weights[i]);
    }
    return out;
  }
};

double sinc(double x) {
  if (x == 0) return 1;
  return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

double lanczos3(double x) { return std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0; }

// Mitchell and Netravali, "Reconstruction Filters in Computer Graphics", (8).
double cubic(double x, double b, double c) {
  x = std::abs(x);
  if (x < 1)
    return ((12 - 9 * b - 6 * c) * x * x * x + (-18 + 12 * b + 6 * c) * x * x + 6 - 2 * b) / 6;
  if (x >= 2) return 0;
  return ((-b - 6 * c) * x * x * x + (6 * b + 30 * c) * x * x + (-12 * b - 48 * c) * x + 8 * b +
          24 * c) /
         6;
}

double kernel(ResizeFilter filter, double x) {
  switch (filter) {
    case ResizeFilter::mitchell:
      return cubic(x, 1.0 / 3, 1.0 / 3);
    case ResizeFilter::catmull_rom:
      return cubic(x, 0, 0.5);
    default:
      return lanczos3(x);
  }
}

double step_of(const Side& side) { return side.length / side.wanted; }

Sum box(double from, double to) {
  Sum sum;
  const double last = std::ceil(to);
  for (double i = std::floor(from); i < last; ++i) {
    const double covered = std::min(to, i + 1) - std::max(from, i);
    if (covered > 0) sum.add(static_cast<std::int64_t>(i), covered / (to - from));
  }
  return sum;
}

/// Weights of new sample `x`, as if the picture had no edges.
Sum filtered(const Side& side, std::int64_t x) {
  const double step = step_of(side);
  const double centre = (static_cast<double>(x) + 0.5) * step;
  Sum sum;
  if (step == 1) {
    sum.add(x, 1);  // no resizing
    return sum;
  }
  if (side.filter == ResizeFilter::nearest) {
    sum.add(static_cast<std::int64_t>(std::floor(centre)), 1);
    return sum;
  }
  if (side.filter == ResizeFilter::box) return box(centre - step / 2, centre + step / 2);
  const double width = std::max(1.0, step);
  const double reach = (side.filter == ResizeFilter::lanczos3 ? 3 : 2) * width;
  const auto end = static_cast<std::int64_t>(std::ceil(centre + reach - 0.5));
  double all = 0;
  for (auto i = static_cast<std::int64_t>(std::floor(centre - reach + 0.5)); i < end; ++i) {
    const double weight = kernel(side.filter, (static_cast<double>(i) + 0.5 - centre) / width);
    sum.add(i, weight);
    all += weight;
  }
  for (double& weight : sum.weights) weight /= all;
  return sum;
}

/// Adds the difference between a sample and its neighbours: the contrast of the finest detail,
/// which alternates from sample to sample, becomes 1 + `side.sharpen` times as large.
Sum sharpened(const Side& side, std::int64_t x) {
  Sum sum = filtered(side, x);
  if (side.sharpen <= 0 || side.wanted == 1 || step_of(side) <= 1) return sum;
  const double share = side.sharpen / 4;
  sum = sum.with([&](Sum& out, std::int64_t i, double w) { out.add(i, w * (1 + 2 * share)); });
  for (const std::int64_t neighbour : {x - 1, x + 1}) {
    const Sum other =
        filtered(side, std::clamp<std::int64_t>(neighbour, 0, std::int64_t{side.wanted} - 1));
    for (std::size_t i = 0; i < other.weights.size(); ++i) {
      sum.add(other.first + static_cast<std::int64_t>(i), -share * other.weights[i]);
    }
  }
  return sum;
}

Sum within(const Sum& sum, std::int64_t samples) {
  return sum.with([&](Sum& out, std::int64_t i, double w) {
    out.add(std::clamp<std::int64_t>(i, 0, samples - 1), w);
  });
}

/// Triangle upsampling: three quarters of the sample that covers it, a quarter of the nearest
/// neighbour.
Sum of_halved(const Sum& sum, std::int64_t samples) {
  return sum.with([&](Sum& out, std::int64_t i, double w) {
    const std::int64_t next = i % 2 == 0 ? i / 2 - 1 : i / 2 + 1;
    out.add(i / 2, 0.75 * w);
    out.add(std::clamp<std::int64_t>(next, 0, samples - 1), 0.25 * w);
  });
}

}  // namespace

Plan::Plan(const Side& side)
    : samples_((side.samples + static_cast<std::uint32_t>(side.halvings) - 1) /
               static_cast<std::uint32_t>(side.halvings)) {
  taps_.reserve(side.wanted);
  for (std::int64_t x = 0; x < std::int64_t{side.wanted}; ++x) {
    Sum sum = within(sharpened(side, x), side.samples);
    if (side.halvings == 2) sum = of_halved(sum, samples_);
    taps_.push_back({.first = static_cast<std::uint32_t>(sum.first),
                     .count = static_cast<std::uint32_t>(sum.weights.size()),
                     .at = weights_.size()});
    weights_.insert(weights_.end(), sum.weights.begin(), sum.weights.end());
    weights_.resize((weights_.size() + padding - 1) / padding * padding);
  }
}

}  // namespace imgmill
