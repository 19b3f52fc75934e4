// The five PNG filters for one row, vectorized.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace imgmill::png {

/// W3C PNG, third edition, 9.2; the values are those in the file.
enum class Filter : std::uint8_t { none = 0, sub = 1, up = 2, average = 3, paeth = 4 };
inline constexpr int filters = 5;

/// Number of bytes before and after a row that may be read.
inline constexpr std::size_t row_margin = 64;

/// One row after each of the five filters. Reused from row to row to avoid allocations.
class FilteredRow {
 public:
  /// `size`: bytes of a row, above 0.
  explicit FilteredRow(std::size_t size);

  /// Filters `row` against `above` (empty for the first row); both have the size given to the
  /// constructor. `step` is Raster::step().
  void filter(std::span<const std::uint8_t> row, std::span<const std::uint8_t> above,
              std::size_t step);

  [[nodiscard]] const std::uint8_t* bytes(Filter filter) const {
    return out_[static_cast<std::size_t>(filter)].data();
  }
  /// Sum of the absolute values of the bytes, taken as signed: small if little is left.
  [[nodiscard]] std::uint64_t sum(Filter filter) const {
    return sums_[static_cast<std::size_t>(filter)];
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::vector<std::uint8_t> current_;  ///< padded with zeros
  std::vector<std::uint8_t> above_;
  std::array<std::vector<std::uint8_t>, filters> out_;
  std::array<std::uint64_t, filters> sums_{};
};

/// Input of the vector code. `current` and `above` may be read up to `row_margin` bytes before and
/// after the row, where they are 0; `out` may be written as far after it.
struct RowJob {
  const std::uint8_t* current;
  const std::uint8_t* above;
  std::size_t size;
  std::size_t step;
  std::array<std::uint8_t*, filters> out;
  std::array<std::uint64_t, filters>* sums;
};

/// Two implementations: vectorized for the CPU at hand, and scalar, as the standard states it.
/// Their results are identical.
void filter_row(const RowJob& job);
void filter_row_plainly(const RowJob& job);

/// The Paeth predictor: whichever of left, above and corner is nearest to left + above - corner.
[[nodiscard]] constexpr std::uint8_t paeth(int left, int above, int corner) {
  const int a = above > corner ? above - corner : corner - above;
  const int b = left > corner ? left - corner : corner - left;
  const int both = left + above - 2 * corner;
  const int c = both < 0 ? -both : both;
  if (a <= b && a <= c) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(b <= c ? above : corner);
}

/// Reverses the filters of `height` rows of `stride` bytes, each preceded by its filter number, and
/// writes them contiguously to `rows`, which may be the start of `filtered`. Returns false if a
/// filter number is invalid.
[[nodiscard]] bool unfilter(std::span<const std::uint8_t> filtered, std::size_t height,
                            std::size_t stride, std::size_t step, std::uint8_t* rows);

}  // namespace imgmill::png
