#include "support/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace imgmill::test {
namespace {

constexpr double pi = 3.14159265358979323846;

double weight(ResizeFilter filter, double x) {
  x = std::abs(x);
  const auto family = [x](double b, double c) {
    if (x < 1) {
      return (2 - 1.5 * b - c) * x * x * x + (-3 + 2 * b + c) * x * x + 1 - b / 3;
    }
    if (x < 2) {
      return (-b / 6 - c) * x * x * x + (b + 5 * c) * x * x + (-2 * b - 8 * c) * x + 4 * b / 3 +
             4 * c;
    }
    return 0.0;
  };
  switch (filter) {
    case ResizeFilter::lanczos3:
      if (x >= 3) return 0;
      return x == 0 ? 1 : 3 * std::sin(pi * x) * std::sin(pi * x / 3) / (pi * pi * x * x);
    case ResizeFilter::mitchell:
      return family(1.0 / 3, 1.0 / 3);
    case ResizeFilter::catmull_rom:
      return family(0, 0.5);
    default:
      return 0;
  }
}

/// Resamples `count` numbers, `stride` apart, to `wanted`.
std::vector<double> line(const double* from, int count, int stride, int wanted,
                         ResizeFilter filter) {
  std::vector<double> out(static_cast<std::size_t>(wanted));
  const double step = static_cast<double>(count) / wanted;
  const auto sample = [&](int i) { return from[std::clamp(i, 0, count - 1) * stride]; };
  for (int x = 0; x < wanted; ++x) {
    double sum = 0;
    double all = 0;
    const double centre = (x + 0.5) * step;
    if (count == wanted || filter == ResizeFilter::nearest) {
      sum = sample(static_cast<int>(centre));
      all = 1;
    } else if (filter == ResizeFilter::box) {
      for (int i = 0; i < count; ++i) {
        const double covered = std::min(i + 1.0, centre + step / 2) -
                               std::max(static_cast<double>(i), centre - step / 2);
        sum += std::max(0.0, covered) * sample(i);
        all += std::max(0.0, covered);
      }
    } else {
      const double wide = std::max(1.0, step);
      for (int i = static_cast<int>(centre - 3 * wide) - 2; i < centre + 3 * wide + 2; ++i) {
        const double w = weight(filter, (i + 0.5 - centre) / wide);
        sum += w * sample(i);
        all += w;
      }
    }
    out[static_cast<std::size_t>(x)] = sum / all;
  }
  return out;
}

double light_of(double coded) {
  return coded <= 0.04045 ? coded / 12.92 : std::pow((coded + 0.055) / 1.055, 2.4);
}
double coded_of(double light) {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

}  // namespace

Raster resampled(const Raster& raster, int width, int height, ResizeFilter filter,
                 ResizeLight light) {
  const auto w = static_cast<std::size_t>(raster.width);
  const auto h = static_cast<std::size_t>(raster.height);
  const auto new_w = static_cast<std::size_t>(width);
  const int alpha = raster.alpha() ? raster.channels - 1 : raster.channels;
  const bool linear = light == ResizeLight::linear && !raster.cmyk;
  const double top = raster.top();
  std::vector<std::vector<double>> planes;
  for (int c = 0; c < raster.channels; ++c) {
    std::vector<double> plane(w * h);
    for (int y = 0; y < raster.height; ++y) {
      for (int x = 0; x < raster.width; ++x) {
        double value = raster.at(x, y, c) / top;
        if (c < alpha && linear) value = light_of(value);
        if (c < alpha && raster.alpha()) value *= raster.at(x, y, alpha) / top;
        plane[static_cast<std::size_t>(y) * w + static_cast<std::size_t>(x)] = value;
      }
    }
    std::vector<double> across;
    for (std::size_t y = 0; y < h; ++y) {
      const auto row = line(plane.data() + y * w, raster.width, 1, width, filter);
      across.insert(across.end(), row.begin(), row.end());
    }
    std::vector<double> both(new_w * static_cast<std::size_t>(height));
    for (std::size_t x = 0; x < new_w; ++x) {
      const auto column = line(across.data() + x, raster.height, width, height, filter);
      for (std::size_t y = 0; y < column.size(); ++y) both[y * new_w + x] = column[y];
    }
    planes.push_back(std::move(both));
  }
  Raster out(width, height, raster.channels, raster.bits);
  out.cmyk = raster.cmyk;
  for (std::size_t i = 0; i < new_w * static_cast<std::size_t>(height); ++i) {
    for (int c = 0; c < raster.channels; ++c) {
      double value = planes[static_cast<std::size_t>(c)][i];
      if (c < alpha && raster.alpha()) {
        const double opacity = planes[static_cast<std::size_t>(alpha)][i];
        value = opacity * top > 0.5 ? value / opacity : 0;
      }
      value = std::clamp(value, 0.0, 1.0);
      if (c < alpha && linear) value = coded_of(value);
      out.samples[i * static_cast<std::size_t>(raster.channels) + static_cast<std::size_t>(c)] =
          static_cast<std::uint16_t>(std::lround(value * top));
    }
  }
  return out;
}

int worst_difference(const Raster& one, const Raster& other) {
  if (one.width != other.width || one.height != other.height || one.channels != other.channels) {
    return one.top();
  }
  int worst = 0;
  for (int y = 0; y < one.height; ++y) {
    for (int x = 0; x < one.width; ++x) {
      const int last = one.channels - 1;
      const bool seen = !one.alpha() || one.at(x, y, last) > 0 || other.at(x, y, last) > 0;
      for (int c = seen ? 0 : last; c < one.channels; ++c) {
        worst = std::max(worst, std::abs(one.at(x, y, c) - other.at(x, y, c)));
      }
    }
  }
  return worst;
}

}  // namespace imgmill::test
