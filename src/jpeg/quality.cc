#include "jpeg/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace imgmill::jpeg {
namespace {

// The shape of a table at coarseness 1: ln(step) = base + slope r + bend r^2 + diagonal min(u, v) /
// 7, where r is the distance from DC in the frequency plane, in sevenths. Steps scale with
// coarseness ^ exponent; the exponent rises from `low_exponent` at DC to 1 at r = 0.5.
struct TableShape {
  double base;
  double slope;
  double bend;
  double diagonal;
  double first;  // added for the two lowest AC frequencies
  double dc;     // ln(step) of DC
  double dc_exponent;
  double low_exponent;
};

// Fitted to Kodak pictures and photographs at mean scores of 75 and 85 together.
constexpr TableShape luma_shape{.base = 2.0,
                                .slope = 1.292,
                                .bend = -0.06,
                                .diagonal = 0.49,
                                .first = -0.399,
                                .dc = 1.6,
                                .dc_exponent = 0.7,
                                .low_exponent = 0.822};
constexpr TableShape halved_shape{.base = 1.969,
                                  .slope = 0.902,
                                  .bend = 0.3,
                                  .diagonal = 0.14,
                                  .first = -0.23,
                                  .dc = 1.505,
                                  .dc_exponent = 0.8,
                                  .low_exponent = 1.094};

// Fitted likewise at 82 and 90.
constexpr TableShape full_shape{.base = 2.377,
                                .slope = 1.274,
                                .bend = 0.337,
                                .diagonal = 0.14,
                                .first = -0.13,
                                .dc = 1.305,
                                .dc_exponent = 0.8,
                                .low_exponent = 1.194};

const TableShape& shape_of(Channel channel) {
  switch (channel) {
    case Channel::luma:
      return luma_shape;
    case Channel::full_chroma:
      return full_shape;
    case Channel::halved_chroma:
      return halved_shape;
  }
  return luma_shape;
}

// The natural logarithm of the coarseness at some qualities, chosen so that the mean scores of
// mozjpeg's files and ours agree.
struct Point {
  double quality;
  double coarseness;
};
constexpr std::array scale = {Point{1, 3.0},    Point{10, 2.37}, Point{30, 1.57},  Point{50, 0.91},
                              Point{65, 0.56},  Point{75, 0.19}, Point{82, -0.07}, Point{88, -0.41},
                              Point{93, -1.08}, Point{97, -1.9}, Point{100, -5.5}};

double coarseness_of(double quality) {
  const auto right = std::ranges::lower_bound(scale, quality, {}, &Point::quality);
  if (right == scale.begin()) return std::exp(right->coarseness);
  const Point& a = *(right - 1);
  const Point& b = *right;
  const double share = (quality - a.quality) / (b.quality - a.quality);
  return std::exp(a.coarseness + share * (b.coarseness - a.coarseness));
}

Steps scaled(const TableShape& shape, double coarseness) {
  Steps steps{};
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    const auto u = static_cast<double>(k % 8);
    const auto v = static_cast<double>(k / 8);
    const double r = std::sqrt(u * u + v * v) / 7;
    double log_step =
        shape.base + shape.slope * r + shape.bend * r * r + shape.diagonal * std::min(u, v) / 7;
    double exponent = shape.low_exponent + (1 - shape.low_exponent) * std::min(1.0, 2 * r);
    if (k == 1 || k == 8) log_step += shape.first;
    if (k == 0) {
      log_step = shape.dc;
      exponent = shape.dc_exponent;
    }
    const double step = std::exp(log_step) * std::pow(coarseness, exponent);
    // Baseline files store 8-bit steps.
    steps[k] = static_cast<std::uint16_t>(std::clamp(std::lround(step), 1L, 255L));
  }
  return steps;
}

Worth usual_worth(Channel channel) {
  switch (channel) {
    case Channel::luma:
      return {.bit_price = 0.04F,
              .masking_variance = 32,
              .masking_power = 0.3F,
              .frequency_slope = 0.68F};
    case Channel::full_chroma:
      return {
          .bit_price = 0.04F, .masking_variance = 25, .masking_power = 0.43F, .frequency_slope = 0};
    case Channel::halved_chroma:
      return {
          .bit_price = 0.03F, .masking_variance = 25, .masking_power = 0.33F, .frequency_slope = 0};
  }
  return {};
}

// The part of the tables that distinguishes qualities and does not saturate: the first 36 steps in
// zigzag order.
constexpr std::size_t telling_steps = 36;
using Telling = std::array<int, telling_steps>;
constexpr Telling annex_k = {16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17,
                             16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
                             29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72};
constexpr Telling robidoux = {16, 16, 16, 16, 17, 16, 18, 20, 20, 18, 25, 27,
                              24, 27, 25, 37, 34, 31, 31, 34, 37, 56, 40, 43,
                              40, 43, 40, 56, 85, 53, 62, 53, 53, 62, 53, 85};

// libjpeg's scaling rule.
Telling libjpeg_steps(const Telling& base, int quality) {
  const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  Telling steps{};
  for (std::size_t i = 0; i < telling_steps; ++i) {
    steps[i] = std::clamp((base[i] * percent + 50) / 100, 1, 255);
  }
  return steps;
}

const Telling& our_steps(int quality) {
  static const std::array<Telling, 101> all = [] {
    std::array<Telling, 101> made{};
    for (int number = 1; number <= 100; ++number) {
      const Steps steps = steps_for(number, Channel::luma);
      Telling& telling = made[static_cast<std::size_t>(number)];
      for (std::size_t i = 0; i < telling_steps; ++i) telling[i] = steps[zigzag[i]];
    }
    return made;
  }();
  return all[static_cast<std::size_t>(quality)];
}

double misfit(const Steps& found, const Telling& table) {
  double sum = 0;
  for (std::size_t i = 0; i < telling_steps; ++i) {
    const int step = std::max<int>(found[zigzag[i]], 1);
    sum += std::abs(step - table[i]) / static_cast<double>(step + table[i]);
  }
  return sum;
}

}  // namespace

Steps steps_for(double quality, Channel channel) {
  return scaled(shape_of(channel), coarseness_of(quality));
}

Worth worth_of(double quality, Channel channel) {
  // From quality 92 to 100 the bit price falls to 0, so that at 100 levels are merely rounded.
  constexpr float first_dear = 92;
  Worth worth = usual_worth(channel);
  const float share = (100 - static_cast<float>(quality)) / (100 - first_dear);
  worth.bit_price *= std::min(share, 1.0F);
  return worth;
}

Steps with_regard_to(const Steps& old, const Steps& wanted) {
  // Rounding levels to steps coarser than their own by less than this factor loses much and saves
  // little: it was 3 to 4% of the bytes at equal scores against 1.3, on 13 photographs of qualities
  // 85 to 97.
  constexpr double little_coarser = 2.3;
  Steps steps = wanted;
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    if (wanted[k] < little_coarser * old[k]) steps[k] = std::clamp<std::uint16_t>(old[k], 1, 255);
  }
  return steps;
}

bool is_example_table(const Steps& steps) {
  // At 99 all these steps are 1, as ours may be.
  for (int quality = 1; quality < 99; ++quality) {
    if (misfit(steps, libjpeg_steps(annex_k, quality)) == 0) return true;
  }
  return false;
}

int estimate_quality(const Steps& steps) {
  int best_quality = 1;
  double best = std::numeric_limits<double>::infinity();
  for (int quality = 1; quality <= 100; ++quality) {
    const double sum = std::min({misfit(steps, libjpeg_steps(annex_k, quality)),
                                 misfit(steps, libjpeg_steps(robidoux, quality)),
                                 misfit(steps, our_steps(quality))});
    if (sum < best) {
      best = sum;
      best_quality = quality;
    }
  }
  return best_quality;
}

}  // namespace imgmill::jpeg
