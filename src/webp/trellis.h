// Trellis quantization: chooses levels by distortion and bit cost.
#pragma once

#include <cstddef>
#include <cstdint>

#include "webp/entropy.h"
#include "webp/quantiser.h"

namespace imgmill::webp {

/// Result for one block.
struct Weighed {
  std::size_t end = 0;          ///< one more than the position of the last nonzero level
  std::int64_t distortion = 0;  ///< weighted squared errors
};

/// Returns the levels of a block, in zigzag order, that minimize 16 x distortion + lambda x cost:
/// the cheapest path through a trellis of each coefficient's nearest level and the next lower one,
/// by position. Levels before the first position of `kind` are 0.
[[nodiscard]] Weighed weigh(const std::int16_t* coefficients, const Matrix& matrix, BlockKind kind,
                            std::size_t context, const TokenCosts& costs, int lambda,
                            std::int16_t* levels);

}  // namespace imgmill::webp
