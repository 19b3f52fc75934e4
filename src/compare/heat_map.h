// The picture of where two pictures differ.
#pragma once

#include "codecs/picture.h"
#include "imgmill/compare.h"
#include "quality/ssimulacra2.h"

namespace imgmill {

/// What a heat map is made of.
struct HeatMapParts {
  /// Of one frame, 8 bits, one band, in memory.
  vips::VImage grey;
  const LocalScores& local;
  WorstTile worst;
  double score = 100;
};

/// A PNG, as `Comparison::map` describes it. Errors: environment (memory), internal.
[[nodiscard]] Result<Buffer> draw_heat_map(const HeatMapParts& parts);

/// How far up the colour scale a cell with this error is: 0 = no difference, 1 = as if a
/// whole picture scored `lowest_told` or less.
[[nodiscard]] double amount_of(double error);

}  // namespace imgmill
