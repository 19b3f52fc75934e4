// Rate-distortion optimization of the levels of one block.
#pragma once

#include <array>
#include <cstdint>

#include "jpeg/planes.h"
#include "jpeg/rate_model.h"

namespace imgmill::jpeg {

/// One value per coefficient of a block, natural order.
using BlockValues = std::array<float, block_coefficients>;

/// Finds the levels of a block that minimize the sum of weighted squared errors and bits times
/// their price: a shortest path over the kept coefficients, as in "rate-distortion optimal
/// thresholding" (Crouse and Ramchandran, 1997). Not thread-safe.
class Trellis {
 public:
  Trellis(const RateModel& rates, const BlockValues& weights) : rates_(rates), weights_(weights) {}

  /// `sizes` are the magnitudes of the coefficients in steps; `candidates` is a bit mask, in zigzag
  /// order, of those that may be kept: those that round to 1 or more, without DC. Writes the kept
  /// levels, with the signs of `signs`, to `levels`; leaves all others unchanged.
  void solve(const BlockValues& sizes, std::uint64_t candidates, float price,
             const std::int16_t* signs, std::int16_t* levels);

 private:
  // The cheapest path so far to each coefficient that may be kept; the first node stands for none.
  // Plain arrays: this is the innermost loop.
  struct Nodes {
    int k[block_coefficients + 1];       // in zigzag order
    int level[block_coefficients + 1];   // magnitude
    int before[block_coefficients + 1];  // the previous kept node
    // Distortion and bit cost up to it, minus the cost of dropping everything up to it.
    float gain[block_coefficients + 1];
  };

  void add_node(int index, int k, float size, int first, float dropped, float price);

  const RateModel& rates_;
  const BlockValues& weights_;
  Nodes nodes_;
};

}  // namespace imgmill::jpeg
