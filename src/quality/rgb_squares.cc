#include "quality/rgb_squares.h"

#include <algorithm>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "quality/rgb_squares.cc"
#include <hwy/foreach_target.h>
// Must follow foreach_target.h, which includes the code below once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::quality {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void AddOnes(const std::uint8_t* one, const std::uint8_t* other, std::size_t pixels,
             RgbSquares& sums) {
  for (std::size_t i = 0; i < 3 * pixels; i += 3) {
    const std::int64_t r = one[i] - other[i];
    const std::int64_t g = one[i + 1] - other[i + 1];
    const std::int64_t b = one[i + 2] - other[i + 2];
    sums.rr += r * r;
    sums.gg += g * g;
    sums.bb += b * b;
    sums.rg += r * g;
    sums.rb += r * b;
    sums.gb += g * b;
  }
}

#if HWY_TARGET == HWY_SCALAR
void AddSquares(const std::uint8_t* one, const std::uint8_t* other, std::size_t pixels,
                RgbSquares& sums) {
  AddOnes(one, other, pixels, sums);
}
#else
using Bytes = hn::CappedTag<std::uint8_t, 16>;
using Words = hn::Repartition<std::int16_t, Bytes>;
using Sums = hn::Repartition<std::int32_t, Bytes>;

struct Sum {
  hn::Vec<Sums> low;
  hn::Vec<Sums> high;

  HWY_INLINE void add(hn::Vec<Words> a, hn::Vec<Words> b) {
    low = hn::ReorderWidenMulAccumulate(Sums(), a, b, low, high);
  }
  [[nodiscard]] HWY_INLINE std::int64_t total() const {
    const Sums d;
    return std::int64_t{hn::GetLane(hn::SumOfLanes(d, low))} + hn::GetLane(hn::SumOfLanes(d, high));
  }
};

void AddSquares(const std::uint8_t* one, const std::uint8_t* other, std::size_t pixels,
                RgbSquares& sums) {
  const Bytes d;
  const Words words;
  const hn::Half<Bytes> half;
  const std::size_t lanes = hn::Lanes(d);
  // Eight pixels add at most two products of 255 * 255 to a lane: after 4,096 pixels, the sum of
  // all lanes stays below 2^31.
  constexpr std::size_t most_at_once = 4096;
  std::size_t done = 0;
  while (pixels - done >= lanes) {
    const std::size_t end = done + std::min(pixels - done, most_at_once) / lanes * lanes;
    const Sum none{hn::Zero(Sums()), hn::Zero(Sums())};
    Sum rr = none, gg = none, bb = none, rg = none, rb = none, gb = none;
    for (; done < end; done += lanes) {
      auto r1 = hn::Zero(d), g1 = r1, b1 = r1, r2 = r1, g2 = r1, b2 = r1;
      hn::LoadInterleaved3(d, one + 3 * done, r1, g1, b1);
      hn::LoadInterleaved3(d, other + 3 * done, r2, g2, b2);
      const auto add = [&](auto part) HWY_ATTR {
        const auto apart = [&](auto a, auto b) HWY_ATTR {
          return hn::Sub(hn::PromoteTo(words, part(a)), hn::PromoteTo(words, part(b)));
        };
        const auto r = apart(r1, r2);
        const auto g = apart(g1, g2);
        const auto b = apart(b1, b2);
        rr.add(r, r);
        gg.add(g, g);
        bb.add(b, b);
        rg.add(r, g);
        rb.add(r, b);
        gb.add(g, b);
      };
      add([&](auto v) HWY_ATTR { return hn::LowerHalf(half, v); });
      add([&](auto v) HWY_ATTR { return hn::UpperHalf(half, v); });
    }
    sums.rr += rr.total();
    sums.gg += gg.total();
    sums.bb += bb.total();
    sums.rg += rg.total();
    sums.rb += rb.total();
    sums.gb += gb.total();
  }
  AddOnes(one + 3 * done, other + 3 * done, pixels - done, sums);
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::quality
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill::quality {

HWY_EXPORT(AddSquares);

void add_rgb_squares(const std::uint8_t* one, const std::uint8_t* other, std::size_t pixels,
                     RgbSquares& sums) {
  HWY_DYNAMIC_DISPATCH(AddSquares)(one, other, pixels, sums);
}

}  // namespace imgmill::quality
#endif
