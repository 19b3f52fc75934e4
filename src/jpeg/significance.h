// Bit masks of the nonzero coefficients of a block, for the entropy coder.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// The number of point transforms that a scan may use: levels divided by 1, 2 or 4.
inline constexpr int point_transforms = 3;

/// For each point transform, a bit mask of the coefficients that are not 0 after it; bit k is the
/// k-th coefficient in zigzag order. The bit of DC is meaningless.
struct Significance {
  std::array<std::uint64_t, point_transforms> bits;
};

/// The masks of all blocks of `plane`, in order. SIMD, with the same result on every machine.
[[nodiscard]] std::vector<Significance> significance_of(const Plane& plane);

/// Converts a block's bit mask from natural to zigzag order.
[[nodiscard]] std::uint64_t to_zigzag(std::uint64_t natural);

}  // namespace imgmill::jpeg
