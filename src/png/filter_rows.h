// The five filters of PNG on one row, as fast as the machine can.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace imgmill::png {

/// W3C PNG, third edition, 9.2; the numbers are those in the file.
enum class Filter : std::uint8_t { none = 0, sub = 1, up = 2, average = 3, paeth = 4 };
inline constexpr int filters = 5;

/// Bytes that may be read in front of and behind a row.
inline constexpr std::size_t row_margin = 64;

/// One row through all five filters. Kept from row to row, so that nothing is allocated twice.
class FilteredRow {
 public:
  /// For rows of `size` bytes, above 0.
  explicit FilteredRow(std::size_t size);

  /// Filters `row` against `above` (empty: the first row), both of the size given before.
  /// `step` is Raster::step().
  void filter(std::span<const std::uint8_t> row, std::span<const std::uint8_t> above,
              std::size_t step);

  [[nodiscard]] const std::uint8_t* bytes(Filter filter) const {
    return out_[static_cast<std::size_t>(filter)].data();
  }
  /// The sum of the bytes' distances from 0, as signed numbers: small where there is little left.
  [[nodiscard]] std::uint64_t sum(Filter filter) const {
    return sums_[static_cast<std::size_t>(filter)];
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::vector<std::uint8_t> current_;  ///< with margins of zeros
  std::vector<std::uint8_t> above_;
  std::array<std::vector<std::uint8_t>, filters> out_;
  std::array<std::uint64_t, filters> sums_{};
};

/// What the vector code works on: `current` and `above` may be read `row_margin` bytes before
/// and behind, where they are 0; `out` may be written as far behind.
struct RowJob {
  const std::uint8_t* current;
  const std::uint8_t* above;
  std::size_t size;
  std::size_t step;
  std::array<std::uint8_t*, filters> out;
  std::array<std::uint64_t, filters>* sums;
};

/// The same twice: for whatever the machine has, and as the standard says it. Equal to the last
/// bit.
void filter_row(const RowJob& job);
void filter_row_plainly(const RowJob& job);

/// The prediction of the Paeth filter: whichever of left, above and corner is nearest to
/// left + above - corner.
[[nodiscard]] constexpr std::uint8_t paeth(int left, int above, int corner) {
  const int a = above > corner ? above - corner : corner - above;
  const int b = left > corner ? left - corner : corner - left;
  const int both = left + above - 2 * corner;
  const int c = both < 0 ? -both : both;
  if (a <= b && a <= c) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(b <= c ? above : corner);
}

/// Undoes the filters of `height` rows of `stride` bytes, each behind its filter's number, and
/// writes them one after the other to `rows`, which may be where `filtered` begins. False when a
/// number is no filter's.
[[nodiscard]] bool unfilter(std::span<const std::uint8_t> filtered, std::size_t height,
                            std::size_t stride, std::size_t step, std::uint8_t* rows);

}  // namespace imgmill::png
