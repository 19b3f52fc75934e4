// Operations on blocks of 4 x 4 samples, for one instruction set. Included by files that
// foreach_target.h includes repeatedly.
//
// A block consists of two halves: its upper two rows and its lower two. A vector holds one half of
// one or two blocks, 128 bits each.
// block, or of two, in 128 bits each.
#if defined(IMGMILL_WEBP_BLOCKS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef IMGMILL_WEBP_BLOCKS_INL_H
#undef IMGMILL_WEBP_BLOCKS_INL_H
#else
#define IMGMILL_WEBP_BLOCKS_INL_H
#endif

#include <hwy/highway.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "webp/coder.h"
#include "webp/quantiser.h"
#include "webp/tables.h"

// Targets without 16-byte vectors use the scalar code (plain-inl.h).
#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace imgmill::webp {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Returns one more than the position of the last nonzero level.
HWY_INLINE std::size_t EndOf(const std::int16_t* levels) {
  std::size_t end = 16;
  while (end > 0 && levels[end - 1] == 0) --end;
  return end;
}

using One = hn::FixedTag<std::int16_t, 8>;
using OneOrTwo = hn::CappedTag<std::int16_t, 16>;

constexpr std::size_t blocks_at_once = hn::MaxLanes(OneOrTwo()) / 8;

template <class D>
using Wide = hn::Repartition<std::uint64_t, D>;
template <class D>
using Pairs = hn::Repartition<std::uint32_t, D>;

template <class D, class V>
HWY_INLINE V LowerHalves(D d, V a, V b) {
  const Wide<D> wide;
  return hn::BitCast(d, hn::InterleaveLower(wide, hn::BitCast(wide, a), hn::BitCast(wide, b)));
}
template <class D, class V>
HWY_INLINE V UpperHalves(D d, V a, V b) {
  const Wide<D> wide;
  return hn::BitCast(d, hn::InterleaveUpper(wide, hn::BitCast(wide, a), hn::BitCast(wide, b)));
}
template <class D, class V>
HWY_INLINE V SwapHalves(D d, V a) {
  const Wide<D> wide;
  return hn::BitCast(d, hn::Shuffle01(hn::BitCast(wide, a)));
}

template <class D, class V>
HWY_INLINE void Transpose(D d, V& upper, V& lower) {
  const V even = hn::InterleaveLower(d, upper, lower);
  const V odd = hn::InterleaveUpper(d, upper, lower);
  upper = hn::InterleaveLower(d, even, odd);
  lower = hn::InterleaveUpper(d, even, odd);
}

// Finishes a Hadamard transform whose column pass is done: `a` and `b` hold two rows each. Returns
// four numbers per block, whose sum is that of the coefficients' magnitudes.
template <class D, class V>
HWY_INLINE V HadamardAcross(D d, V a, V b) {
  const V low = hn::InterleaveLower(d, a, b);
  const V high = hn::InterleaveUpper(d, a, b);
  const V left = LowerHalves(d, low, high);
  const V right = UpperHalves(d, low, high);
  // |x + y| + |x - y| is twice the larger of |x| and |y|.
  const Pairs<D> pairs;
  const auto larger = [&](V v) HWY_ATTR {
    const V size = hn::Abs(v);
    return hn::Max(size, hn::BitCast(d, hn::Shuffle2301(hn::BitCast(pairs, size))));
  };
  return hn::Add(larger(hn::Add(left, right)), larger(hn::Sub(left, right)));
}

// Adds neighbouring lanes; each 128 bits give four partial sums.
template <class D, class V>
HWY_INLINE auto SumsOfFour(D d, V v) {
  const hn::RepartitionToWide<D> wide;
  auto more = hn::Zero(wide);
  const auto sums = hn::ReorderWidenMulAccumulate(wide, v, hn::Set(d, 1), hn::Zero(wide), more);
  return hn::Add(sums, more);
}

// Writes the sum of magnitudes of each block's Hadamard coefficients to out[block].
template <class D, class V>
HWY_INLINE void Hadamard(D d, V upper, V lower, std::int32_t* out) {
  const V sum = hn::Add(upper, lower);
  const V difference = hn::Sub(upper, lower);
  const V even = LowerHalves(d, sum, difference);
  const V odd = UpperHalves(d, sum, difference);
  const auto four = SumsOfFour(d, HadamardAcross(d, hn::Add(even, odd), hn::Sub(even, odd)));
  const hn::RepartitionToWide<D> wide;
  alignas(32) std::int32_t parts[hn::MaxLanes(hn::RepartitionToWide<D>())];
  hn::Store(four, wide, parts);
  for (std::size_t block = 0; block < hn::Lanes(d) / 8; ++block) {
    const std::int32_t* p = parts + 4 * block;
    out[block] = (p[0] + p[1]) + (p[2] + p[3]);
  }
}

// Column pass of the DCT-II, unscaled: 1, sqrt(2) cos(pi / 8), 1, sqrt(2) sin(pi / 8).
template <class D, class V>
HWY_INLINE void DctDown(D d, V& upper, V& lower) {
  alignas(16) static constexpr std::int16_t more[8] = {0, 0, 0, 0, 10045, 10045, 10045, 10045};
  alignas(16) static constexpr std::int16_t less[8] = {0, 0, 0, 0, 15034, 15034, 15034, 15034};
  const V swapped = SwapHalves(d, lower);
  const V sum = hn::Add(upper, swapped);
  const V difference = hn::Sub(upper, swapped);
  const V p = LowerHalves(d, sum, difference);
  const V q = UpperHalves(d, sum, difference);
  const V k1 = hn::LoadDup128(d, more);
  const V k2 = hn::LoadDup128(d, less);
  const auto large = [&](V v) HWY_ATTR { return hn::Add(v, hn::MulFixedPoint15(v, k1)); };
  const auto small = [&](V v) HWY_ATTR { return hn::Sub(v, hn::MulFixedPoint15(v, k2)); };
  upper = hn::Add(large(p), small(q));
  lower = hn::Sub(small(p), large(q));
}

template <class D>
HWY_INLINE void StoreBlocks(D d, hn::Vec<D> first, hn::Vec<D> last, std::int16_t* out) {
  if constexpr (blocks_at_once == 2) {
    const One one;
    hn::Store(hn::LowerHalf(one, first), one, out);
    hn::Store(hn::LowerHalf(one, last), one, out + 8);
    hn::Store(hn::UpperHalf(one, first), one, out + 16);
    hn::Store(hn::UpperHalf(one, last), one, out + 24);
  } else {
    hn::Store(first, d, out);
    hn::Store(last, d, out + 8);
  }
}

// Transforms differences of up to 255 to coefficients, transposed: [horizontal][vertical].
template <class D, class V>
HWY_INLINE void ForwardDct(D d, V& upper, V& lower) {
  upper = hn::ShiftLeft<3>(upper);
  lower = hn::ShiftLeft<3>(lower);
  DctDown(d, upper, lower);
  Transpose(d, upper, lower);
  DctDown(d, upper, lower);
  const V half = hn::Set(d, 8);
  upper = hn::ShiftRight<4>(hn::Add(upper, half));
  lower = hn::ShiftRight<4>(hn::Add(lower, half));
}

// Byte shuffles to zigzag order, from the upper half (0..15) and the lower half, transposed or not.
struct Shuffles {
  alignas(16) std::uint8_t first_upper[16], first_lower[16], last_upper[16], last_lower[16];
};

constexpr Shuffles MakeShuffles(bool back) {
  Shuffles s{};
  for (std::size_t to = 0; to < 16; ++to) {
    std::size_t from = 0;
    if (back) {
      while (zigzag[from] != to) ++from;
    } else {
      const std::size_t natural = zigzag[to];
      from = natural % 4 * 4 + natural / 4;
    }
    std::uint8_t* upper = to < 8 ? s.first_upper : s.last_upper;
    std::uint8_t* lower = to < 8 ? s.first_lower : s.last_lower;
    for (std::size_t byte = 0; byte < 2; ++byte) {
      const std::size_t at = 2 * (to % 8) + byte;
      upper[at] = from < 8 ? static_cast<std::uint8_t>(2 * from + byte) : 0x80;
      lower[at] = from < 8 ? 0x80 : static_cast<std::uint8_t>(2 * (from - 8) + byte);
    }
  }
  return s;
}

// From transposed natural order to zigzag order, and from zigzag to natural order.
static constexpr Shuffles to_zigzag = MakeShuffles(false);
static constexpr Shuffles from_zigzag = MakeShuffles(true);

template <class D, class V>
HWY_INLINE void Permute(D d, const Shuffles& s, V& upper, V& lower) {
  const hn::Repartition<std::uint8_t, D> bytes;
  const auto a = hn::BitCast(bytes, upper);
  const auto b = hn::BitCast(bytes, lower);
  const auto pick = [&](const std::uint8_t* from_a, const std::uint8_t* from_b) HWY_ATTR {
    return hn::BitCast(d, hn::Or(hn::TableLookupBytesOr0(a, hn::LoadDup128(bytes, from_a)),
                                 hn::TableLookupBytesOr0(b, hn::LoadDup128(bytes, from_b))));
  };
  upper = pick(s.first_upper, s.first_lower);
  lower = pick(s.last_upper, s.last_lower);
}

// Returns the differences of one or two blocks of 16 bytes, `next` bytes apart, to others.
template <class D>
HWY_INLINE void Differences(D d, const std::uint8_t* samples, std::size_t next,
                            const std::uint8_t* predicted, hn::Vec<D>& upper, hn::Vec<D>& lower) {
  const One one;
  const hn::FixedTag<std::uint8_t, 8> bytes;
  const auto half = [&](std::size_t block, std::size_t at) HWY_ATTR {
    return hn::Sub(hn::PromoteTo(one, hn::LoadU(bytes, samples + block * next + at)),
                   hn::PromoteTo(one, hn::LoadU(bytes, predicted + 16 * block + at)));
  };
  if constexpr (blocks_at_once == 2) {
    upper = hn::Combine(d, half(1, 0), half(0, 0));
    lower = hn::Combine(d, half(1, 8), half(0, 8));
  } else {
    upper = half(0, 0);
    lower = half(0, 8);
  }
}

// Returns the sum of the magnitudes of all Hadamard coefficients of the residuals of `count`
// blocks.
HWY_INLINE std::int32_t HadamardSum(const std::uint8_t* samples, const std::uint8_t* predicted,
                                    std::size_t count) {
  const OneOrTwo d;
  std::int32_t sum = 0;
  for (std::size_t block = 0; block < count; block += blocks_at_once) {
    hn::Vec<OneOrTwo> upper, lower;
    Differences(d, samples + 16 * block, 16, predicted + 16 * block, upper, lower);
    std::int32_t out[2] = {};
    Hadamard(d, upper, lower, out);
    sum += out[0] + out[1];
  }
  return sum;
}

// The same for one block against each of `count` predictions separately. count: even.
HWY_INLINE void HadamardEach(const std::uint8_t* samples, const std::uint8_t* predicted,
                             std::size_t count, std::int32_t* out) {
  const OneOrTwo d;
  for (std::size_t i = 0; i < count; i += blocks_at_once) {
    hn::Vec<OneOrTwo> upper, lower;
    Differences(d, samples, 0, predicted + 16 * i, upper, lower);
    Hadamard(d, upper, lower, out + i);
  }
}

// Computes the coefficients of blocks, 16 each in zigzag order. `next`: bytes from one block of
// samples to the next. count: even.
HWY_INLINE void Transform(const std::uint8_t* samples, std::size_t next,
                          const std::uint8_t* predicted, std::size_t count, std::int16_t* out) {
  const OneOrTwo d;
  for (std::size_t i = 0; i < count; i += blocks_at_once) {
    hn::Vec<OneOrTwo> first, last;
    Differences(d, samples + i * next, next, predicted + 16 * i, first, last);
    ForwardDct(d, first, last);
    Permute(d, to_zigzag, first, last);
    StoreBlocks(d, first, last, out + 16 * i);
  }
}

// Quantizes coefficients to levels, truncating after the bias. Returns the weighted squared error.
HWY_INLINE std::int32_t Quantise(const std::int16_t* coefficients, const Matrix& matrix,
                                 BlockLevels& out) {
  const One d;
  const hn::RebindToUnsigned<One> unsigned_d;
  const hn::RepartitionToWide<One> wide;
  auto more = hn::Zero(wide);
  auto sums = hn::Zero(wide);
  auto some = hn::Zero(d);
  for (std::size_t at = 0; at < 16; at += 8) {
    const auto value = hn::Load(d, coefficients + at);
    const auto size = hn::BitCast(unsigned_d, hn::Abs(value));
    const auto level = hn::MulHigh(hn::Add(size, hn::Load(unsigned_d, matrix.bias.data() + at)),
                                   hn::Load(unsigned_d, matrix.inverse.data() + at));
    const auto error = hn::BitCast(
        d, hn::Sub(size, hn::Mul(level, hn::Load(unsigned_d, matrix.steps.data() + at))));
    const auto weighed = hn::Mul(error, hn::Load(d, matrix.weights.data() + at));
    sums = hn::ReorderWidenMulAccumulate(wide, weighed, weighed, sums, more);
    const auto negative = hn::BroadcastSignBit(value);
    const auto with_sign = hn::Sub(hn::Xor(hn::BitCast(d, level), negative), negative);
    some = hn::Or(some, with_sign);
    hn::Store(with_sign, d, out.levels + at);
  }
  out.end = hn::AllTrue(d, hn::Eq(some, hn::Zero(d))) ? 0 : EndOf(out.levels);
  return hn::GetLane(hn::SumOfLanes(wide, hn::Add(sums, more)));
}

// Column pass of RFC 6386's inverse DCT (section 14.3).
template <class D, class V>
HWY_INLINE void InverseDown(D d, V& upper, V& lower) {
  const Wide<D> wide;
  const V a = hn::Add(upper, lower);
  const V b = hn::Sub(upper, lower);
  const V odd = UpperHalves(d, upper, lower);
  const V large = hn::Add(odd, hn::MulHigh(odd, hn::Set(d, 20091)));
  // 35468 needs 16 unsigned bits; it is 65536 - 30068.
  const V small = SwapHalves(d, hn::Add(odd, hn::MulHigh(odd, hn::Set(d, -30068))));
  const V even = LowerHalves(d, a, b);
  const V change = hn::BitCast(d, hn::OddEven(hn::BitCast(wide, hn::Sub(small, large)),
                                              hn::BitCast(wide, hn::Add(large, small))));
  upper = hn::Add(even, change);
  lower = SwapHalves(d, hn::Sub(even, change));
}

// Adds the inverse transform of levels in zigzag order to the prediction, giving 4 x 4 samples.
// `dc`: if not null, replaces the first coefficient, already dequantized.
HWY_INLINE void Reconstruct(const std::int16_t* levels, const Matrix& matrix,
                            const std::int16_t* dc, const std::uint8_t* predicted, std::uint8_t* to,
                            std::size_t stride) {
  const One d;
  const hn::RebindToUnsigned<One> unsigned_d;
  const auto scaled = [&](std::size_t at) HWY_ATTR {
    return hn::Mul(hn::LoadU(d, levels + at),
                   hn::BitCast(d, hn::Load(unsigned_d, matrix.steps.data() + at)));
  };
  auto upper = scaled(0);
  auto lower = scaled(8);
  if (dc != nullptr) {
    alignas(16) std::int16_t first[8] = {*dc};
    alignas(16) static constexpr std::int16_t others[8] = {0, -1, -1, -1, -1, -1, -1, -1};
    upper = hn::Or(hn::And(upper, hn::Load(d, others)), hn::Load(d, first));
  }
  Permute(d, from_zigzag, upper, lower);
  InverseDown(d, upper, lower);
  Transpose(d, upper, lower);
  InverseDown(d, upper, lower);
  Transpose(d, upper, lower);
  const hn::FixedTag<std::uint8_t, 8> bytes;
  const auto finish = [&](hn::Vec<One> v, std::size_t at) HWY_ATTR {
    const auto change = hn::ShiftRight<3>(hn::Add(v, hn::Set(d, 4)));
    return hn::DemoteTo(bytes, hn::Add(change, hn::PromoteTo(d, hn::LoadU(bytes, predicted + at))));
  };
  alignas(16) std::uint8_t rows[16];
  hn::StoreU(finish(upper, 0), bytes, rows);
  hn::StoreU(finish(lower, 8), bytes, rows + 8);
  for (std::size_t row = 0; row < 4; ++row) std::memcpy(to + row * stride, rows + 4 * row, 4);
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::webp
HWY_AFTER_NAMESPACE();
#endif

#endif
