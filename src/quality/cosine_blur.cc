#include "quality/cosine_blur.h"

#include <cmath>
#include <numbers>

namespace imgmill::quality {
namespace {

using Three = std::array<double, 3>;

double determinant(const Three& a, const Three& b, const Three& c) {
  return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) +
         a[2] * (b[0] * c[1] - b[1] * c[0]);
}

/// The amplitudes of the three cosines. They sum to one, have the requested variance, and are the
/// best fit among those that do (equations 52 to 56).
Three amplitudes(const Three& omega, double radius, double sigma) {
  Three p;    // sums of the cosines
  Three r;    // second moments of the cosines
  Three fit;  // target of each cosine for a Gaussian
  for (std::size_t i = 0; i < 3; ++i) {
    const double sign = i == 1 ? -1 : 1;
    p[i] = sign / std::tan(omega[i] / 2);
    r[i] = sign * p[i] * p[i] / std::sin(omega[i]);
    fit[i] = std::exp(-sigma * sigma * omega[i] * omega[i] / 2) / radius;
  }
  const double d13 = p[0] * r[1] - r[0] * p[1];
  const Three zeta = {(p[1] * r[2] - r[1] * p[2]) / d13, (p[2] * r[0] - r[2] * p[0]) / d13, 1};
  const Three asked = {1, radius * radius - sigma * sigma,
                       zeta[0] * fit[0] + zeta[1] * fit[1] + fit[2]};
  const double whole = determinant(p, r, zeta);
  Three beta;
  for (std::size_t i = 0; i < 3; ++i) {
    Three one = p;
    Three two = r;
    Three three = zeta;
    one[i] = asked[0];
    two[i] = asked[1];
    three[i] = asked[2];
    beta[i] = determinant(one, two, three) / whole;
  }
  return beta;
}

CosineBlur make(double sigma) {
  constexpr auto radius = static_cast<double>(CosineBlur::radius);
  Three omega;
  for (std::size_t i = 0; i < 3; ++i) {
    omega[i] = static_cast<double>(2 * i + 1) * std::numbers::pi / (2 * radius);
  }
  const Three beta = amplitudes(omega, radius, sigma);
  CosineBlur blur{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double input = -beta[i] * std::cos(omega[i] * (radius + 1));
    const double previous = 2 * std::cos(omega[i]);
    CosineBlur::Term& term = blur.terms[i];
    term.input = static_cast<float>(input);
    term.previous = static_cast<float>(previous);
    // y[n] = input x[n] + previous y[n-1] - y[n-2], substituted into itself. `one` and `two` are
    // the factors of y[n-1] and y[n-2] in the results that follow.
    double one = 1;
    double two = 0;
    for (std::size_t step = 0; step < 4; ++step) {
      term.four_input[step] = static_cast<float>(one * input);
      const double next = previous * one - two;
      term.four_previous[step] = static_cast<float>(next);
      term.four_before[step] = static_cast<float>(-one);
      two = one;
      one = next;
    }
  }
  return blur;
}

}  // namespace

const CosineBlur& cosine_blur() {
  static const CosineBlur made = make(1.5);
  return made;
}

}  // namespace imgmill::quality
