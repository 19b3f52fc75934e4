// Resizes planes of numbers with separable filters, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "transform/resample_plan.h"

namespace imgmill {

/// Rows are padded to a multiple of this many numbers, a cache line of floats. The content of the
/// padding does not matter, but it must be readable and writable.
inline constexpr std::size_t row_padding = 16;

/// Distance between rows of `width` numbers: padded, and never a multiple of the page size, which
/// would make rows evict each other from the cache.
[[nodiscard]] std::size_t row_distance(std::size_t width);

/// Resizes one plane as its rows arrive in bands: vertically first, which is cheapest, then
/// horizontally. Keeps only the new rows that are started but not finished, at most some 2 times
/// the filter's reach.
///
/// With double, everything that is rounded to 16 bits afterwards equals exact sums, except for
/// ties. With float, which is twice as fast, one 8-bit sample in a hundred thousand is off by one.
///
/// The plans must outlive the resampler. Results differ in the last digits between instruction
/// sets. Not thread-safe.
template <typename Number>
class Resampler {
 public:
  Resampler(const Plan& across, const Plan& down);

  /// Adds the next `count` rows, each `across.samples()` long and padded, `stride` apart. They must
  /// stay valid until pull() returns false.
  void push(const Number* rows, std::size_t stride, std::uint32_t count);

  /// Writes the next new row if all its input has arrived, else returns false. Leaves the padding
  /// untouched.
  [[nodiscard]] bool pull(Number* row);

 private:
  using Row = std::vector<Number>;

  void add_band(std::uint32_t y, const Number* start, Number* sum) const;
  void keep_what_is_begun();

  const Plan& across_;
  const Plan& down_;
  std::vector<Number> across_weights_;
  std::vector<Number> down_weights_;
  const Number* band_ = nullptr;
  std::size_t stride_ = 0;
  std::uint32_t band_first_ = 0;  ///< index in the old picture
  std::uint32_t band_end_ = 0;
  std::uint32_t next_ = 0;  ///< index in the new picture
  std::deque<Row> begun_;   ///< partial sums of new rows from `next_` on, over earlier bands
  std::vector<Row> spare_;
  Row sum_;
};

extern template class Resampler<float>;
extern template class Resampler<double>;

}  // namespace imgmill
