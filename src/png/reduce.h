// Lossless reductions of a raster. Every function returns a raster that shows exactly the same
// pixels, or nullopt if that is not possible.
#pragma once

#include <optional>
#include <vector>

#include "png/raster.h"

namespace imgmill::png {

/// Expands palettes, and grey of fewer than 8 bits, to 8-bit samples; returns others unchanged.
/// Indices must be inside the palette.
[[nodiscard]] Raster spread(Raster raster);

/// Reduces 16 bits to 8 if no sample loses information.
[[nodiscard]] std::optional<Raster> narrowed(const Raster& raster);

/// Removes the alpha channel if it is opaque everywhere, or marks one colour as transparent that is
/// nowhere opaque. With HiddenColours::free, any unused colour can take that role.
enum class HiddenColours { kept, free };
[[nodiscard]] std::optional<Raster> without_alpha(const Raster& raster, HiddenColours hidden);

/// Removes a transparent colour that no pixel has.
[[nodiscard]] std::optional<Raster> without_key(const Raster& raster);

/// Converts colours that are all grey to greyscale.
[[nodiscard]] std::optional<Raster> as_grey(const Raster& raster);

/// Reduces 8-bit grey to 1, 2 or 4 bits.
[[nodiscard]] std::optional<Raster> in_fewer_bits(const Raster& raster);

/// Converts 8-bit samples to indices of 1, 2, 4 or 8 bits into at most 256 colours, in order of
/// their first occurrence.
[[nodiscard]] std::optional<Raster> with_palette(const Raster& raster);

/// Replacement for the colours of fully transparent pixels that need not be kept.
enum class Cleaning {
  black,
  left,  ///< the colour to the left, or above at the left edge: filters then yield zeros
};
/// For 8 or 16 bits with an alpha channel; returns others unchanged.
[[nodiscard]] Raster cleaned(const Raster& raster, Cleaning cleaning);

}  // namespace imgmill::png
