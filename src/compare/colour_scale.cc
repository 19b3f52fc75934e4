#include "compare/colour_scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace imgmill {
namespace {

double encoded(double light) {  // IEC 61966-2-1
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

std::uint8_t sample(double light) {
  return static_cast<std::uint8_t>(std::lround(255 * encoded(std::clamp(light, 0.0, 1.0))));
}

/// Converts from Oklab's polar form, whose lightness is perceptually uniform (Björn Ottosson, "A
/// perceptual color space for image processing", 2020). Hue in degrees.
Colour from_oklch(double lightness, double chroma, double hue) {
  const double angle = hue * std::numbers::pi / 180;
  const double a = chroma * std::cos(angle);
  const double b = chroma * std::sin(angle);
  const auto cubed = [](double value) { return value * value * value; };
  const double l = cubed(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cubed(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cubed(lightness - 0.0894841775 * a - 1.2914855480 * b);
  return {sample(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          sample(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          sample(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

constexpr std::size_t steps = 256;

std::array<Tint, steps> all_tints() {
  std::array<Tint, steps> tints;
  for (std::size_t i = 0; i < steps; ++i) {
    const double amount = static_cast<double>(i) / (steps - 1);
    const double lightness = 0.36 + 0.59 * amount;
    const double chroma = 0.12 + 0.09 * std::sin(std::numbers::pi * std::min(1.0, amount * 1.15));
    const double hue = 295 + 165 * std::pow(amount, 0.75);  // past 360, to yellow
    // Invisible differences (score 90) are hardly tinted, and the picture shows through except near
    // the end of the scale.
    const double opacity = 0.85 * (1 - std::exp(-std::pow(amount / 0.42, 1.6)));
    tints[i] = {from_oklch(lightness, chroma, hue), opacity};
  }
  return tints;
}

}  // namespace

Tint tint_of(double amount) {
  static const std::array<Tint, steps> tints = all_tints();
  const double place = std::clamp(amount, 0.0, 1.0) * (steps - 1);
  return tints[static_cast<std::size_t>(std::lround(place))];
}

Colour tinted(int grey, const Tint& tint) {
  // Muted, so that the light end of the scale stands out from bright areas and the dark end from
  // dark ones.
  const double ground = 28 + 0.46 * grey;
  const auto mix = [&](std::uint8_t over) {
    return static_cast<std::uint8_t>(std::lround(ground + (over - ground) * tint.opacity));
  };
  return {mix(tint.colour.red), mix(tint.colour.green), mix(tint.colour.blue)};
}

}  // namespace imgmill
