// Chooses a filter for each row, by one of several heuristics.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "png/content.h"
#include "png/filter_rows.h"
#include "png/raster.h"

namespace imgmill::png {

enum class Strategy {
  none,  ///< the first five use one filter for all rows
  sub,
  up,
  average,
  paeth,
  min_sum,         ///< smallest sum of absolute values (the heuristic that the standard proposes)
  entropy,         ///< lowest entropy of single bytes
  bigrams,         ///< fewest distinct pairs of neighbouring bytes
  bigram_entropy,  ///< lowest entropy of pairs of neighbouring bytes
};

/// One filter per row.
using FilterChoice = std::vector<Filter>;

/// The rows from `begin` up to, but not including, `end`.
struct Band {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// Returns one filter per row of the raster; only those in `bands` are meaningful. The filter of a
/// row depends on that row and the one above it only.
[[nodiscard]] FilterChoice choose_filters(const Raster& raster, Strategy strategy,
                                          std::span<const Band> bands);

/// Returns the rows of `bands` as PNG compresses them: filter number, filtered bytes, ...
[[nodiscard]] std::vector<std::uint8_t> filtered(const Raster& raster, const FilterChoice& choice,
                                                 std::span<const Band> bands);

/// Returns all filtered rows of `raster`, which must outlive the returned content. The filters are
/// chosen now, on up to `thread_count` threads.
[[nodiscard]] Content filtered_content(const Raster& raster, Strategy strategy, int thread_count);

}  // namespace imgmill::png
