#include "jpeg/significance.h"

#include <cstdlib>
#include <cstring>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/significance.cc"
#include <hwy/foreach_target.h>
// Must follow foreach_target.h, which includes the code below once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void Mark(const std::int16_t* levels, std::size_t blocks, Significance* out) {
  for (std::size_t block = 0; block < blocks; ++block, levels += block_coefficients) {
    for (int shift = 0; shift < point_transforms; ++shift) {
      std::uint64_t& bits = out[block].bits[static_cast<std::size_t>(shift)];
      bits = 0;
      for (std::size_t k = 0; k < block_coefficients; ++k) {
        bits |= std::uint64_t{std::abs(levels[zigzag[k]]) >> shift != 0} << k;
      }
    }
  }
}

#else

void Mark(const std::int16_t* levels, std::size_t blocks, Significance* out) {
  const hn::CappedTag<std::int16_t, block_coefficients> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t block = 0; block < blocks; ++block, levels += block_coefficients) {
    std::array<std::array<std::uint8_t, 8 + HWY_MAX_BYTES>, point_transforms> bytes;
    for (std::size_t i = 0; i < block_coefficients; i += lanes) {
      const auto level = hn::LoadU(d, levels + i);
      // Saturating: -32768 cannot be negated.
      const auto size = hn::Max(level, hn::SaturatedSub(hn::Zero(d), level));
      for (int shift = 0; shift < point_transforms; ++shift) {
        const auto below = hn::Set(d, static_cast<std::int16_t>((1 << shift) - 1));
        hn::StoreMaskBits(d, hn::Gt(size, below),
                          bytes[static_cast<std::size_t>(shift)].data() + i / 8);
      }
    }
    for (std::size_t shift = 0; shift < point_transforms; ++shift) {
      std::uint64_t natural = 0;
      std::memcpy(&natural, bytes[shift].data(), sizeof natural);
      out[block].bits[shift] = natural == 0 ? 0 : to_zigzag(natural);
    }
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::jpeg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill::jpeg {
namespace {

HWY_EXPORT(Mark);

// The zigzag positions of the bits of one block row.
using RowTable = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr RowTable zigzag_rows() {
  RowTable table{};
  std::array<std::uint64_t, block_coefficients> places{};
  for (std::size_t k = 0; k < block_coefficients; ++k) places[zigzag[k]] = std::uint64_t{1} << k;
  for (std::size_t row = 0; row < 8; ++row) {
    for (std::size_t bits = 0; bits < 256; ++bits) {
      for (std::size_t column = 0; column < 8; ++column) {
        if ((bits >> column & 1) != 0) table[row][bits] |= places[8 * row + column];
      }
    }
  }
  return table;
}

constexpr RowTable rows = zigzag_rows();

}  // namespace

std::uint64_t to_zigzag(std::uint64_t natural) {
  std::uint64_t bits = 0;
  for (std::size_t row = 0; row < 8; ++row) bits |= rows[row][natural >> (8 * row) & 0xFF];
  return bits;
}

std::vector<Significance> significance_of(const Plane& plane) {
  std::vector<Significance> marks(plane.blocks());
  HWY_DYNAMIC_DISPATCH(Mark)(plane.levels.get(), plane.blocks(), marks.data());
  return marks;
}

}  // namespace imgmill::jpeg
#endif
