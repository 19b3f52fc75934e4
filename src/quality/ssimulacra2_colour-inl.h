// Vector code for converting linear light to the metric's colours. Included once per instruction
// set.
#if defined(IMGMILL_QUALITY_COLOUR_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IMGMILL_QUALITY_COLOUR_INL_H_
#undef IMGMILL_QUALITY_COLOUR_INL_H_
#else
#define IMGMILL_QUALITY_COLOUR_INL_H_
#endif

#include <hwy/highway.h>

#include "quality/ssimulacra2_simd.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::quality {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Ints = hn::RebindToSigned<Floats>;
using Shorts = hn::Rebind<std::int16_t, Floats>;
using V = hn::Vec<Floats>;

inline constexpr Floats d{};
inline constexpr Ints di{};
inline constexpr Shorts ds{};

HWY_INLINE V set(float value) { return hn::Set(d, value); }

/// a * b + c with unspecified rounding.
HWY_INLINE V mul_add(V a, V b, V c) { return hn::MulAdd(a, b, c); }

/// Rounding of a * b + c. The input of the coarse scales must be the same on all machines, since it
/// determines their noise: always two roundings.
enum class Rounding { free, same_everywhere };

template <Rounding rounding>
HWY_INLINE V mul_then_add(V a, V b, V c) {
  if constexpr (rounding == Rounding::free) return hn::MulAdd(a, b, c);
  return hn::Add(hn::Mul(a, b), c);
}

/// The cube root of x >= 1e-18, within three units in the last place: an initial estimate of 1 /
/// cbrt(x) from its exponent, improved by one fourth-order and one third-order step.
template <Rounding rounding>
HWY_INLINE V cube_root(V x) {
  const V bits = hn::ConvertTo(d, hn::BitCast(di, x));
  // The bits of a float are approximately its logarithm. Subtract a third of it from four thirds of
  // that of 1, minus a constant that balances the error of the estimate (5% at most).
  const V guess = mul_then_add<rounding>(bits, set(-1.0F / 3), set(1418472267.0F));
  V y = hn::BitCast(d, hn::ConvertTo(di, guess));
  const V third = set(1.0F / 3);
  const V two_ninths = set(2.0F / 9);
  V h = mul_then_add<rounding>(hn::Neg(hn::Mul(x, y)), hn::Mul(y, y), set(1));
  V step = mul_then_add<rounding>(h, set(14.0F / 81), two_ninths);
  step = mul_then_add<rounding>(h, step, third);
  y = mul_then_add<rounding>(hn::Mul(y, h), step, y);
  h = mul_then_add<rounding>(hn::Neg(hn::Mul(x, y)), hn::Mul(y, y), set(1));
  step = mul_then_add<rounding>(h, two_ninths, third);
  y = mul_then_add<rounding>(hn::Mul(y, h), step, y);
  return hn::Mul(x, hn::Mul(y, y));
}

template <Rounding rounding>
HWY_INLINE V cone(V red, V green, V blue, std::size_t row) {
  const V mixed = mul_then_add<rounding>(
      set(cones[row]), red,
      mul_then_add<rounding>(set(cones[row + 1]), green,
                             mul_then_add<rounding>(set(cones[row + 2]), blue, set(cone_bias))));
  return cube_root<rounding>(hn::Max(mixed, set(1e-18F)));
}

struct Xyb {
  V x, y, b;
};

HWY_INLINE V held(V value) { return hn::Min(hn::Max(value, set(xyb_lowest)), set(xyb_highest)); }

template <Rounding rounding>
HWY_INLINE V opponent_of(V long_cone, V middle_cone) {
  return held(mul_then_add<rounding>(hn::Sub(long_cone, middle_cone), set(x_stretch / 2),
                                     set(xyb_offset[0])));
}
HWY_INLINE V luma_of(V long_cone, V middle_cone) {
  const V luma = hn::Mul(hn::Add(long_cone, middle_cone), set(0.5F));
  return held(hn::Add(luma, set(xyb_offset[1] - cone_bias_root)));
}

template <Rounding rounding>
HWY_INLINE Xyb to_xyb(V red, V green, V blue) {
  const V long_cone = cone<rounding>(red, green, blue, 0);
  const V middle_cone = cone<rounding>(red, green, blue, 3);
  const V short_cone = cone<rounding>(red, green, blue, 6);
  const V luma = hn::Mul(hn::Add(long_cone, middle_cone), set(0.5F));
  return {opponent_of<rounding>(long_cone, middle_cone), luma_of(long_cone, middle_cone),
          held(hn::Add(hn::Sub(short_cone, luma), set(xyb_offset[2])))};
}

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
/// The light of 256 samples, in registers: each permutation selects from two of them, which takes
/// half the time of loading sample by sample.
struct LightTable {
  V parts[16];

  explicit LightTable(const float* lights) {
#pragma GCC unroll 16
    for (std::size_t i = 0; i < 16; ++i) parts[i] = hn::LoadU(d, lights + 16 * i);
  }
  HWY_INLINE V operator()(hn::Vec<Ints> sample) const {
    V eighths[8];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) {
      // Uses the five lowest bits. Highway 1.0 has no function for it.
      eighths[i] = V{_mm512_permutex2var_ps(parts[2 * i].raw, sample.raw, parts[2 * i + 1].raw)};
    }
    const auto bit = [&](int b) HWY_ATTR {
      return hn::RebindMask(d, hn::TestBit(sample, hn::Set(di, 1 << b)));
    };
    const auto five = bit(5);
    const auto six = bit(6);
    const auto half = [&](std::size_t first) HWY_ATTR {
      return hn::IfThenElse(six, hn::IfThenElse(five, eighths[first + 3], eighths[first + 2]),
                            hn::IfThenElse(five, eighths[first + 1], eighths[first]));
    };
    return hn::IfThenElse(bit(7), half(4), half(0));
  }
};

/// The light of `count` 8-bit pixels, in whole vectors only. Returns the number of pixels
/// converted.
inline std::size_t read_plain(const std::uint8_t* rgb, std::size_t count, float* red, float* green,
                              float* blue) {
  const LightTable light(light_of_bytes());
  const hn::Rebind<std::uint8_t, Floats> bytes;
  std::size_t x = 0;
  for (; x + hn::Lanes(d) <= count; x += hn::Lanes(d)) {
    hn::Vec<decltype(bytes)> r;
    hn::Vec<decltype(bytes)> g;
    hn::Vec<decltype(bytes)> b;
    hn::LoadInterleaved3(bytes, rgb + 3 * x, r, g, b);
    hn::StoreU(light(hn::PromoteTo(di, r)), d, red + x);
    hn::StoreU(light(hn::PromoteTo(di, g)), d, green + x);
    hn::StoreU(light(hn::PromoteTo(di, b)), d, blue + x);
  }
  return x;
}
#else
inline std::size_t read_plain(const std::uint8_t*, std::size_t, float*, float*, float*) {
  return 0;
}
#endif

/// Averages 2 x 2 pixels of `count` columns from two rows; both rows may be the same. Reads and
/// writes up to a vector beyond.
inline void halve(const float* upper, const float* lower, std::size_t count, float* out) {
  const std::size_t lanes = hn::Lanes(d);
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t x = 0; x < (count + 1) / 2; x += lanes) {
    out[x] = ((upper[2 * x] + lower[2 * x]) + (upper[2 * x + 1] + lower[2 * x + 1])) * 0.25F;
  }
#else
  for (std::size_t x = 0; x < (count + 1) / 2; x += lanes) {
    const V first = hn::Add(hn::LoadU(d, upper + 2 * x), hn::LoadU(d, lower + 2 * x));
    const V second =
        hn::Add(hn::LoadU(d, upper + 2 * x + lanes), hn::LoadU(d, lower + 2 * x + lanes));
    const V sum = hn::Add(hn::ConcatEven(d, second, first), hn::ConcatOdd(d, second, first));
    hn::StoreU(hn::Mul(sum, set(0.25F)), d, out + x);
  }
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::quality
HWY_AFTER_NAMESPACE();

#endif
