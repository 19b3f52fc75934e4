// Requantisation to coarser steps, with rate-distortion-optimized levels.
#pragma once

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// The parameters of rate-distortion optimization.
struct Worth {
  /// The price of one bit, in squared steps. 0: levels are rounded.
  float bit_price = 0.04F;
  /// The sample variance at which a block begins to mask errors, and how fast masking increases
  /// beyond it: the block's bits cost (1 + variance / masking_variance) ^ masking_power times more.
  float masking_variance = 25;
  float masking_power = 0.3F;
  /// How much more errors of high frequencies count than those of low ones: their weight grows with
  /// e ^ (frequency_slope * distance from DC in periods per block).
  float frequency_slope = 0;
};

/// `source` requantised with `steps`, in units of 1; errors are weighed in steps of `seen`. Among
/// the levels to which a coefficient rounds and those closer to 0, a trellis minimizes the sum of
/// errors and bit costs. Deterministic, with the same result on every machine. Throws
/// std::bad_alloc.
[[nodiscard]] Plane quantise(const Plane& source, const Steps& steps, const Steps& seen,
                             const Worth& worth);

}  // namespace imgmill::jpeg
