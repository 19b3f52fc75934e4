// The colours of a heat map: one for each amount of difference, in all maps alike.
#pragma once

#include "imgmill/settings.h"

namespace imgmill {

/// Colours go from dark violet over red and orange to light yellow, each step as much
/// lighter as the one before, so that their order shows without a legend, in grey print
/// and to people who see fewer colours.
struct Tint {
  Colour colour;
  double opacity = 0;  ///< 0..1, over the grey of the picture
};

/// Where the scale ends: lower scores look no worse.
inline constexpr double lowest_told = 20;

/// `amount`: 0 = score 100, 1 = `lowest_told` and below, evenly in between.
[[nodiscard]] Tint tint_of(double amount);

/// The colour of a place that is `grey` (0..255) in the original.
[[nodiscard]] Colour tinted(int grey, const Tint& tint);

}  // namespace imgmill
