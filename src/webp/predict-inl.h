// VP8's intra prediction from neighbouring samples (RFC 6386, section 12), for one instruction set.
// Included by files that foreach_target.h includes repeatedly.
#if defined(IMGMILL_WEBP_PREDICT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef IMGMILL_WEBP_PREDICT_INL_H
#undef IMGMILL_WEBP_PREDICT_INL_H
#else
#define IMGMILL_WEBP_PREDICT_INL_H
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "webp/coder.h"
#include "webp/tables.h"

// Targets without 16-byte vectors use the scalar code (plain-inl.h).
#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace imgmill::webp {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// For each sample: the position on the line of the middle of an average of three, or of the first
// of an average of two; 0x80 for none.
struct Means {
  alignas(16) std::uint8_t of_three[16];
  alignas(16) std::uint8_t of_two[16];
};

constexpr std::uint8_t none = 0x80;

constexpr Means ThreesOnly(const std::uint8_t (&places)[16]) {
  Means means{};
  for (std::size_t i = 0; i < 16; ++i) {
    means.of_three[i] = places[i];
    means.of_two[i] = none;
  }
  return means;
}

// Averages of two are given as 100 + position.
constexpr Means Mixed(const std::uint8_t (&places)[16]) {
  Means means{};
  for (std::size_t i = 0; i < 16; ++i) {
    const bool two = places[i] >= 100;
    means.of_three[i] = two ? none : places[i];
    means.of_two[i] = two ? static_cast<std::uint8_t>(places[i] - 100) : none;
  }
  return means;
}

// From block_vertical on, in the order of BlockMode.
static constexpr Means means_of_modes[8] = {
    ThreesOnly({6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9}),
    ThreesOnly({4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1}),
    ThreesOnly({5, 6, 7, 8, 4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5}),
    Mixed({105, 106, 107, 108, 5, 6, 7, 8, 4, 105, 106, 107, 3, 5, 6, 7}),
    ThreesOnly({7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12, 10, 11, 12, 13}),
    Mixed({106, 107, 108, 109, 7, 8, 9, 10, 107, 108, 109, 11, 8, 9, 10, 12}),
    Mixed({104, 5, 6, 7, 103, 4, 104, 5, 102, 3, 103, 4, 101, 2, 102, 3}),
    Mixed({103, 3, 102, 2, 102, 2, 101, 1, 101, 1, 100, 100, 100, 100, 100, 100})};

// Computes all modes of a block: each 16 bytes, row by row.
HWY_INLINE void PredictBlock(const Line& line, std::uint8_t* out) {
  const hn::FixedTag<std::uint8_t, 16> d;
  const auto middle = hn::Load(d, line.at);
  const auto before = hn::ShiftLeftBytes<1>(d, middle);
  const auto after = hn::ShiftRightBytes<1>(d, middle);
  // (a + 2 b + c + 2) / 4 is the rounded average of b and the truncated average of a and c.
  const auto sum = hn::AverageRound(before, after);
  const auto cut = hn::Sub(sum, hn::And(hn::Xor(before, after), hn::Set(d, 1)));
  const auto threes = hn::AverageRound(middle, cut);
  const auto twos = hn::AverageRound(middle, after);
  for (std::size_t i = 0; i < 8; ++i) {
    const Means& means = means_of_modes[i];
    const auto samples = hn::Or(hn::TableLookupBytesOr0(threes, hn::Load(d, means.of_three)),
                                hn::TableLookupBytesOr0(twos, hn::Load(d, means.of_two)));
    hn::Store(samples, d, out + 16 * (block_vertical + i));
  }
  const std::uint8_t* left = line.at + Line::corner - 1;  // downwards
  const std::uint8_t* above = line.at + Line::corner + 1;
  unsigned mean = 4;
  for (int i = 0; i < 4; ++i) mean += static_cast<unsigned>(above[i]) + left[-i];
  hn::Store(hn::Set(d, static_cast<std::uint8_t>(mean >> 3)), d, out + 16 * block_dc);

  alignas(16) static constexpr std::uint8_t across[16] = {6, 7, 8, 9, 6, 7, 8, 9,
                                                          6, 7, 8, 9, 6, 7, 8, 9};
  alignas(16) static constexpr std::uint8_t down[16] = {4, 4, 4, 4, 3, 3, 3, 3,
                                                        2, 2, 2, 2, 1, 1, 1, 1};
  const hn::FixedTag<std::int16_t, 8> words;
  const hn::Half<hn::FixedTag<std::uint8_t, 16>> half;
  const auto a = hn::TableLookupBytes(middle, hn::Load(d, across));
  const auto l = hn::TableLookupBytes(middle, hn::Load(d, down));
  const auto corner = hn::Set(words, line.at[Line::corner]);
  const auto row = hn::Sub(hn::PromoteTo(words, hn::LowerHalf(half, a)), corner);
  const auto low = hn::DemoteTo(half, hn::Add(row, hn::PromoteTo(words, hn::LowerHalf(half, l))));
  const auto high = hn::DemoteTo(half, hn::Add(row, hn::PromoteTo(words, hn::UpperHalf(half, l))));
  hn::Store(hn::Combine(d, high, low), d, out + 16 * block_true_motion);
}

// Predicts a square of 4 x `across` samples per side as a whole; blocks are stored row by row, 16
// bytes each. across: 4 for luma, 2 for chroma.
HWY_INLINE void PredictWhole(const Beside& beside, std::size_t across, WholeMode mode,
                             std::uint8_t* out) {
  const hn::FixedTag<std::uint8_t, 16> d;
  const hn::FixedTag<std::uint32_t, 4> columns;
  const std::size_t size = 4 * across;
  if (mode == whole_dc) {
    unsigned sum = 0;
    for (std::size_t i = 0; beside.has_above && i < size; ++i) sum += beside.above()[i];
    for (std::size_t i = 0; beside.has_left && i < size; ++i) sum += beside.left(i);
    auto count = static_cast<unsigned>(size);
    if (beside.has_above && beside.has_left) count *= 2;
    const bool any = beside.has_above || beside.has_left;
    const auto mean = hn::Set(d, static_cast<std::uint8_t>(any ? (sum + count / 2) / count : 128));
    for (std::size_t i = 0; i < across * across; ++i) hn::Store(mean, d, out + 16 * i);
    return;
  }
  if (mode == whole_vertical) {
    for (std::size_t x = 0; x < across; ++x) {
      std::uint32_t four = 0;
      std::memcpy(&four, beside.above() + 4 * x, 4);
      for (std::size_t y = 0; y < across; ++y) {
        hn::Store(hn::BitCast(d, hn::Set(columns, four)), d, out + 16 * (across * y + x));
      }
    }
    return;
  }
  const hn::FixedTag<std::int16_t, 8> words;
  const hn::FixedTag<std::uint8_t, 8> half;
  for (std::size_t y = 0; y < across; ++y) {
    alignas(16) std::uint32_t four[4];
    for (std::size_t i = 0; i < 4; ++i) four[i] = 0x01010101U * beside.left(4 * y + i);
    const auto left = hn::BitCast(d, hn::Load(columns, four));
    for (std::size_t x = 0; x < across; ++x) {
      std::uint8_t* to = out + 16 * (across * y + x);
      if (mode == whole_horizontal) {
        hn::Store(left, d, to);
        continue;
      }
      std::uint32_t columns_above = 0;
      std::memcpy(&columns_above, beside.above() + 4 * x, 4);
      const auto above = hn::BitCast(d, hn::Set(columns, columns_above));
      const auto row = hn::Sub(hn::PromoteTo(words, hn::LowerHalf(half, above)),
                               hn::Set(words, beside.corner()));
      const auto low =
          hn::DemoteTo(half, hn::Add(row, hn::PromoteTo(words, hn::LowerHalf(half, left))));
      const auto high =
          hn::DemoteTo(half, hn::Add(row, hn::PromoteTo(words, hn::UpperHalf(half, left))));
      hn::Store(hn::Combine(d, high, low), d, to);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::webp
HWY_AFTER_NAMESPACE();
#endif

#endif
