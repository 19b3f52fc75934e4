// Levels weighed against their bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "webp/entropy.h"
#include "webp/quantiser.h"

namespace imgmill::webp {

/// What became of a block.
struct Weighed {
  std::size_t end = 0;          ///< one more than the position of the last level that is not 0
  std::int64_t distortion = 0;  ///< weighed squares of errors
};

/// The levels of a block, in the order of zigzag, for which 16 x distortion + lambda x cost is
/// least: the cheapest way through a trellis of each coefficient's nearest level and the next lower
/// one, by position. Levels before the first position of `kind` are 0.
[[nodiscard]] Weighed weigh(const std::int16_t* coefficients, const Matrix& matrix, BlockKind kind,
                            std::size_t context, const TokenCosts& costs, int lambda,
                            std::int16_t* levels);

}  // namespace imgmill::webp
