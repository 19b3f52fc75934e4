// Which coefficients of a block are there at all: what an entropy coder asks first.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// The point transforms that a scan may use: levels divided by 1, 2 or 4.
inline constexpr int point_transforms = 3;

/// For each point transform, a bit for each coefficient that is not 0 after it; bit k is
/// the k-th coefficient in zigzag order. DC's bit means nothing.
struct Significance {
  std::array<std::uint64_t, point_transforms> bits;
};

/// Of all blocks of `plane`, in their order. SIMD, the same on every machine.
[[nodiscard]] std::vector<Significance> significance_of(const Plane& plane);

/// Of the bits of one block in natural order, those in zigzag order.
[[nodiscard]] std::uint64_t to_zigzag(std::uint64_t natural);

}  // namespace imgmill::jpeg
