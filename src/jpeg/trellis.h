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
  struct Node {
    int k = 0;          // in zigzag order
    int level = 0;      // without sign
    int before = -1;    // the node that is kept before it
    float cost = 0;     // of everything up to it
    float dropped = 0;  // what dropping it and all before it would cost
  };

  Node best_way_to(int k, float size, int first, int count, float price) const;

  const RateModel& rates_;
  const BlockValues& weights_;
  std::array<Node, block_coefficients + 1> nodes_;
};

}  // namespace imgmill::jpeg
