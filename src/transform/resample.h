// Planes of numbers made larger and smaller by separable filters, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "transform/resample_plan.h"

namespace imgmill {

/// Rows of numbers go on up to a multiple of this; what is there does not matter, as long as it may
/// be read and written. A cache line
/// of floats.
inline constexpr std::size_t row_padding = 16;

/// From one row of `width` numbers to the next: padded, and so that rows do not lie whole pages
/// apart, which would push each other out of the cache.
[[nodiscard]] std::size_t row_distance(std::size_t width);

/// Makes one plane larger or smaller while its rows come in, in bands: down first, which costs
/// least, then across. Keeps no more than the rows that are begun and not done, at most some 2
/// times the filter's reach in new rows.
///
/// In double all that is rounded to 16 bits afterwards is what exact sums would give, but for ties.
/// In float, which is twice as fast, one sample of 8 bits in a hundred thousand is a level off.
///
/// The plans must outlive it. Results differ in the last places from one instruction set to
/// another. Not to be used by two threads at once.
template <typename Number>
class Resampler {
 public:
  Resampler(const Plan& across, const Plan& down);

  /// The next `count` rows, each `across.samples()` long and padded, `stride` apart. They are
  /// referred to until pull() has said no.
  void push(const Number* rows, std::size_t stride, std::uint32_t count);

  /// Writes the next new row, if all that it is made of has come. No padding is touched.
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
  std::uint32_t band_first_ = 0;  ///< old row
  std::uint32_t band_end_ = 0;
  std::uint32_t next_ = 0;  ///< new row
  std::deque<Row> begun_;   ///< sums of new rows from `next_` on, of the bands before this one
  std::vector<Row> spare_;
  Row sum_;
};

extern template class Resampler<float>;
extern template class Resampler<double>;

}  // namespace imgmill
