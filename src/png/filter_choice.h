// Which filter each row goes through, by several rules of thumb.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "png/content.h"
#include "png/filter_rows.h"
#include "png/raster.h"

namespace imgmill::png {

enum class Strategy {
  none,  ///< the first five: one filter for all rows
  sub,
  up,
  average,
  paeth,
  min_sum,         ///< the smallest sum of distances from 0 (the rule that the standard proposes)
  entropy,         ///< the fewest bits, each byte on its own
  bigrams,         ///< the fewest different pairs of neighbouring bytes
  bigram_entropy,  ///< the fewest bits, each pair of neighbouring bytes on its own
};

/// The filter of each row.
using FilterChoice = std::vector<Filter>;

/// Rows from `begin` to `end`, without the latter.
struct Band {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// As many filters as there are rows, of which only those in `bands` mean something. A
/// row's filter depends on that row and the one above it only.
[[nodiscard]] FilterChoice choose_filters(const Raster& raster, Strategy strategy,
                                          std::span<const Band> bands);

/// The rows of `bands` as PNG compresses them: filter number, filtered bytes, ...
[[nodiscard]] std::vector<std::uint8_t> filtered(const Raster& raster, const FilterChoice& choice,
                                                 std::span<const Band> bands);

/// All rows of `raster`, which has to live as long as what is returned; the filters are chosen now,
/// by `lanes` threads.
[[nodiscard]] Content filtered_content(const Raster& raster, Strategy strategy, int lanes);

}  // namespace imgmill::png
