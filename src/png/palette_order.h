// Orders of a palette's colours; they decide how similar neighbouring indices are.
#pragma once

#include "png/raster.h"

namespace imgmill::png {

enum class PaletteOrder {
  appearance,  ///< first occurrence, row by row
  luminance,   ///< Rec. 709 luma, dark first
  frequency,   ///< most frequent first
  /// Colours that touch in the picture become neighbours in the palette: a chain grown at both
  /// ends, after Zeng, Li and Lei, "An efficient color re-indexing scheme for palette-based
  /// compression" (ICIP 2000), with the modification of Pinho and Neves (2004): the end is chosen
  /// with weights that fall with the distance.
  adjacency,
};

/// Returns the same picture with its palette reordered. In every order, colours that are not opaque
/// come first, which keeps tRNS short. `raster` must have a palette that contains all indices.
[[nodiscard]] Raster reordered(const Raster& raster, PaletteOrder order);

}  // namespace imgmill::png
