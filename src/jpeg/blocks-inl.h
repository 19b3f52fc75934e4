// Vector code that multiplies blocks of 8 x 8 floats by matrices. Included by files that
// foreach_target.h includes once per instruction set.
#if defined(IMGMILL_JPEG_BLOCKS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef IMGMILL_JPEG_BLOCKS_INL_H
#undef IMGMILL_JPEG_BLOCKS_INL_H
#else
#define IMGMILL_JPEG_BLOCKS_INL_H
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

#include "jpeg/dct.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Row = hn::CappedTag<float, 8>;

// Down the columns: out[to][x] += the sum of matrix[from][to] * in[from][x]. Products and sums are
// rounded one by one, in the same order on every instruction set.
HWY_INLINE void AddDown(const float* in, std::size_t stride, const Matrix& matrix, float* out) {
  const Row d;
  const float* weights = matrix.data()->data();
  for (std::size_t x = 0; x < 8; x += hn::Lanes(d)) {
    const auto r0 = hn::LoadU(d, in + x);
    const auto r1 = hn::LoadU(d, in + stride + x);
    const auto r2 = hn::LoadU(d, in + 2 * stride + x);
    const auto r3 = hn::LoadU(d, in + 3 * stride + x);
    const auto r4 = hn::LoadU(d, in + 4 * stride + x);
    const auto r5 = hn::LoadU(d, in + 5 * stride + x);
    const auto r6 = hn::LoadU(d, in + 6 * stride + x);
    const auto r7 = hn::LoadU(d, in + 7 * stride + x);
    for (std::size_t to = 0; to < 8; ++to) {
      const auto part = [&](auto row, std::size_t from)
                            HWY_ATTR { return hn::Mul(row, hn::Set(d, weights[8 * from + to])); };
      const auto a = hn::Add(hn::Add(part(r0, 0), part(r1, 1)), hn::Add(part(r2, 2), part(r3, 3)));
      const auto b = hn::Add(hn::Add(part(r4, 4), part(r5, 5)), hn::Add(part(r6, 6), part(r7, 7)));
      hn::StoreU(hn::Add(hn::LoadU(d, out + 8 * to + x), hn::Add(a, b)), d, out + 8 * to + x);
    }
  }
}

// Along the rows: out[y][to] += the sum of in[y][from] * matrix[from][to].
HWY_INLINE void AddAcross(const float* in, const Matrix& matrix, float* out) {
  const Row d;
  const float* weights = matrix.data()->data();
  for (std::size_t to = 0; to < 8; to += hn::Lanes(d)) {
    for (std::size_t y = 0; y < 8; ++y) {
      const auto part = [&](std::size_t from) HWY_ATTR {
        return hn::Mul(hn::Set(d, in[8 * y + from]), hn::LoadU(d, weights + 8 * from + to));
      };
      const auto a = hn::Add(hn::Add(part(0), part(1)), hn::Add(part(2), part(3)));
      const auto b = hn::Add(hn::Add(part(4), part(5)), hn::Add(part(6), part(7)));
      hn::StoreU(hn::Add(hn::LoadU(d, out + 8 * y + to), hn::Add(a, b)), d, out + 8 * y + to);
    }
  }
}

// Rounds 64 values to levels of 1/16, halves away from 0.
HWY_INLINE void RoundToSixteenths(const float* values, std::int16_t* levels) {
  const Row d;
  const hn::RebindToSigned<Row> whole;
  const hn::Rebind<std::int16_t, Row> narrow;
  for (std::size_t k = 0; k < 64; k += hn::Lanes(d)) {
    auto value = hn::Mul(hn::LoadU(d, values + k), hn::Set(d, 16.0F));
    value = hn::Max(hn::Min(value, hn::Set(d, 32766.0F)), hn::Set(d, -32766.0F));
    value = hn::Add(value, hn::CopySign(hn::Set(d, 0.5F), value));
    hn::StoreU(hn::DemoteTo(narrow, hn::ConvertTo(whole, value)), narrow, levels + k);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::jpeg
HWY_AFTER_NAMESPACE();

#endif
