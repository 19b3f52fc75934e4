// Which levels of one block are worth their bits.
#pragma once

#include <array>
#include <cstdint>

#include "jpeg/planes.h"
#include "jpeg/rate_model.h"

namespace imgmill::jpeg {

/// One value for each coefficient of a block, natural order.
using BlockValues = std::array<float, block_coefficients>;

/// Finds the levels of a block with the least sum of squared errors, each times its weight, and
/// bits times their price: a shortest way over the coefficients that are kept, as in
/// "rate-distortion optimal thresholding" (Crouse and Ramchandran, 1997). Not to be used by two
/// threads at once.
class Trellis {
 public:
  Trellis(const RateModel& rates, const BlockValues& weights) : rates_(rates), weights_(weights) {}

  /// `sizes` are the coefficients in steps, without signs; `candidates` has a bit, in zigzag
  /// order, for each that may be kept: those that round to 1 or more, less DC. Writes the levels
  /// that are kept, with the signs of `signs`, into `levels`; all others stay.
  void solve(const BlockValues& sizes, std::uint64_t candidates, float price,
             const std::int16_t* signs, std::int16_t* levels);

 private:
  // The cheapest way so far to each coefficient that may be kept, the first being none.
  // Plain arrays: this is the innermost loop.
  struct Nodes {
    int k[block_coefficients + 1];       // in zigzag order
    int level[block_coefficients + 1];   // without sign
    int before[block_coefficients + 1];  // the node that is kept before it
    // What is lost and paid up to it, less what dropping everything up to it would cost.
    float gain[block_coefficients + 1];
  };

  void add_node(int index, int k, float size, int first, float dropped, float price);

  const RateModel& rates_;
  const BlockValues& weights_;
  Nodes nodes_;
};

}  // namespace imgmill::jpeg
