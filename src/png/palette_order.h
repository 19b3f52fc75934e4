// The order of a palette's colours decides how alike neighbouring indices are.
#pragma once

#include "png/raster.h"

namespace imgmill::png {

enum class PaletteOrder {
  appearance,  ///< as pixels bring them up, row by row
  luminance,   ///< Rec. 709 weights, dark first
  frequency,   ///< most frequent first
  /// Neighbours in the picture become neighbours in the palette: a chain grown at both ends,
  /// after Zeng, Li and Lei, "An efficient color re-indexing scheme for palette-based
  /// compression" (ICIP 2000), with the change of Pinho and Neves (2004): ends are chosen by
  /// weights that fall with the distance.
  adjacency,
};

/// The same picture with its palette in another order. Colours that are not opaque come first in
/// each, so that the transparency chunk stays short. `raster` must have a palette, and
/// indices inside it.
[[nodiscard]] Raster reordered(const Raster& raster, PaletteOrder order);

}  // namespace imgmill::png
