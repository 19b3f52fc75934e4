// Coarser steps, and for each coefficient the level that is worth its bits.
#pragma once

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// How much an error may cost before a level gives way.
struct Worth {
  /// Of one bit, in squared steps. 0: levels are rounded.
  float bit_price = 0.04F;
  /// Sample variance at which a block begins to hide errors, and how fast they fade beyond it:
  /// its bits are worth (1 + variance / masking_variance) ^ masking_power times more.
  float masking_variance = 25;
  float masking_power = 0.3F;
  /// How much more errors of high frequencies count than those of low ones: their
  /// weight grows with e ^ (frequency_slope * distance from DC in periods a block).
  float frequency_slope = 0;
};

/// `source` with `steps`, in units of 1. Of the levels that a coefficient rounds to or that lie
/// nearer to 0, a trellis picks those whose errors and bits are worth least together.
/// Deterministic, and the same on every machine. Throws std::bad_alloc.
[[nodiscard]] Plane quantise(const Plane& source, const Steps& steps, const Worth& worth);

}  // namespace imgmill::jpeg
