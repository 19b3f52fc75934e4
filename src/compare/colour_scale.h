// Colour scale of heat maps; the same for all maps.
#pragma once

#include "imgmill/settings.h"

namespace imgmill {

/// Colours go from dark violet through red and orange to light yellow, in even steps of lightness,
/// so that their order is clear without a legend, in greyscale prints and to colour-blind people.
struct Tint {
  Colour colour;
  double opacity = 0;  ///< 0..1, over the grey picture
};

/// End of the scale: lower scores look the same.
inline constexpr double lowest_told = 20;

/// `amount`: 0 = score 100, 1 = `lowest_told` and below, linear in between.
[[nodiscard]] Tint tint_of(double amount);

/// Returns the colour for a pixel that is `grey` (0..255) in the original.
[[nodiscard]] Colour tinted(int grey, const Tint& tint);

}  // namespace imgmill
