// The same picture in fewer bits. Every function gives what shows exactly the same pixels, or
// nothing where that cannot be had; none is given more than it asks for.
#pragma once

#include <optional>
#include <vector>

#include "png/raster.h"

namespace imgmill::png {

/// Palettes and grey of less than 8 bits as 8-bit samples; others as they are. Indices must be
/// inside the palette.
[[nodiscard]] Raster spread(Raster raster);

/// 16 bits as 8, if every sample is what 8 bits become when they are widened.
[[nodiscard]] std::optional<Raster> narrowed(const Raster& raster);

/// Without its alpha channel, which is opaque everywhere, or makes one colour transparent that
/// is nowhere opaque. With HiddenColours::free, any colour that is not in use will do.
enum class HiddenColours { kept, free };
[[nodiscard]] std::optional<Raster> without_alpha(const Raster& raster, HiddenColours hidden);

/// Without a transparent colour that no pixel has.
[[nodiscard]] std::optional<Raster> without_key(const Raster& raster);

/// Colours that are all grey as grey.
[[nodiscard]] std::optional<Raster> as_grey(const Raster& raster);

/// Grey of 8 bits in 1, 2 or 4.
[[nodiscard]] std::optional<Raster> in_fewer_bits(const Raster& raster);

/// 8-bit samples as indices into at most 256 colours, in the order of their appearance, with 1,
/// 2, 4 or 8 bits.
[[nodiscard]] std::optional<Raster> with_palette(const Raster& raster);

/// What becomes of colours under full transparency when they need not be kept.
enum class Cleaning {
  black,
  left,  ///< the colour to the left, at the edge the one above: filters find nothing left to do
};
/// 8 or 16 bits with an alpha channel; others come back as they are.
[[nodiscard]] Raster cleaned(const Raster& raster, Cleaning cleaning);

}  // namespace imgmill::png
