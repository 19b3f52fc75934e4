// Draws a map of the differences between two pictures.
#pragma once

#include "codecs/picture.h"
#include "imgmill/compare.h"
#include "quality/ssimulacra2.h"

namespace imgmill {

/// Input for a heat map.
struct HeatMapParts {
  /// One frame, 8 bits, one band, in memory.
  vips::VImage grey;
  const LocalScores& local;
  WorstTile worst;
  double score = 100;
};

/// Returns a PNG as described at `Comparison::map`. Errors: environment (memory), internal.
[[nodiscard]] Result<Buffer> draw_heat_map(const HeatMapParts& parts);

/// Returns a cell's position on the colour scale: 0 = no difference, 1 = the error of a whole
/// picture that scores `lowest_told` or less.
[[nodiscard]] double amount_of(double error);

}  // namespace imgmill
