#include <cstring>
#include <vector>

#include "base/simd_targets.h"
#include "png/filter_rows.h"

#ifndef IMGMILL_PNG_UNFILTER_ROWS
#define IMGMILL_PNG_UNFILTER_ROWS
namespace imgmill::png {
namespace {

// Reverses the filter of one row; `above` is a row of zeros for the first one. The number of bytes
// per pixel is a compile-time constant, so that the last pixel stays in registers.
template <std::size_t step>
bool undo_row_plainly(Filter filter, const std::uint8_t* in, const std::uint8_t* above,
                      std::size_t size, std::uint8_t* out) {
  std::array<int, step> left{};
  std::array<int, step> corner{};
  const auto whole_pixels = [&](auto&& undo) {
    std::size_t i = 0;
    for (; i + step <= size; i += step) {
      for (std::size_t k = 0; k < step; ++k) {
        const int up = above[i + k];
        left[k] = static_cast<std::uint8_t>(in[i + k] + undo(left[k], up, corner[k]));
        corner[k] = up;
        out[i + k] = static_cast<std::uint8_t>(left[k]);
      }
    }
  };
  switch (filter) {
    case Filter::none:
      std::memmove(out, in, size);
      return true;
    case Filter::sub:
      whole_pixels([](int a, int, int) { return a; });
      return true;
    case Filter::up:
      for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(in[i] + above[i]);
      return true;
    case Filter::average:
      whole_pixels([](int a, int b, int) { return (a + b) / 2; });
      return true;
    case Filter::paeth:
      whole_pixels([](int a, int b, int c) { return int{paeth(a, b, c)}; });
      return true;
  }
  return false;
}

using UndoRow = bool (*)(Filter filter, const std::uint8_t* in, const std::uint8_t* above,
                         std::size_t size, std::uint8_t* out);

bool each_row(UndoRow undo, const std::uint8_t* in, std::size_t height, std::size_t stride,
              std::uint8_t* rows) {
  const std::vector<std::uint8_t> zeros(stride);
  const std::uint8_t* above = zeros.data();
  for (std::size_t y = 0; y < height; ++y, in += stride + 1, rows += stride) {
    if (!undo(static_cast<Filter>(*in), in + 1, above, stride, rows)) return false;
    above = rows;
  }
  return true;
}

}  // namespace
}  // namespace imgmill::png
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "png/unfilter.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::png {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <std::size_t step>
bool undo_row(Filter filter, const std::uint8_t* in, const std::uint8_t* above, std::size_t size,
              std::uint8_t* out) {
  return undo_row_plainly<step>(filter, in, above, size, out);
}

#else

// A pixel of three or four bytes depends on the one before it, so only one pixel can be processed
// at a time; but its channels can be processed in parallel.
constexpr std::size_t thread_count = 4;
using Samples = hn::FixedTag<std::uint8_t, thread_count>;
using Numbers = hn::FixedTag<std::int16_t, thread_count>;
using Pixel = hn::Vec<Numbers>;

struct SubFilter {
  HWY_INLINE Pixel operator()(Pixel left, Pixel, Pixel) const { return left; }
};

struct AverageFilter {
  HWY_INLINE Pixel operator()(Pixel left, Pixel above, Pixel) const {
    return hn::ShiftRight<1>(hn::Add(left, above));
  }
};

struct PaethFilter {
  HWY_INLINE Pixel operator()(Pixel left, Pixel above, Pixel corner) const {
    const Pixel to_left = hn::Sub(above, corner);
    const Pixel to_above = hn::Sub(left, corner);
    const Pixel a = hn::Abs(to_left);
    const Pixel b = hn::Abs(to_above);
    const Pixel c = hn::Abs(hn::Add(to_left, to_above));
    const Pixel least = hn::Min(a, hn::Min(b, c));
    return hn::IfThenElse(hn::Eq(least, a), left, hn::IfThenElse(hn::Eq(least, b), above, corner));
  }
};

template <std::size_t step, class Predictor>
void undo(const std::uint8_t* in, const std::uint8_t* above, std::size_t size, std::uint8_t* out,
          Predictor predicted) {
  const Samples bytes;
  const Numbers numbers;
  const Pixel all = hn::Set(numbers, 255);
  Pixel left = hn::Zero(numbers);
  Pixel corner = left;
  const auto next = [&](const std::uint8_t* delta, const std::uint8_t* over) HWY_ATTR {
    const Pixel up = hn::PromoteTo(numbers, hn::LoadU(bytes, over));
    const Pixel rest = hn::PromoteTo(numbers, hn::LoadU(bytes, delta));
    left = hn::And(hn::Add(rest, predicted(left, up, corner)), all);
    corner = up;
    return hn::DemoteTo(bytes, left);
  };
  // Four bytes are copied even if a pixel has three: the fourth belongs to the next pixel and is
  // corrected with it. Nothing follows the last pixel.
  const std::size_t last = size - step;
  for (std::size_t i = 0; i < last; i += step) {
    hn::StoreU(next(in + i, above + i), bytes, out + i);
  }
  std::uint8_t delta[thread_count] = {};
  std::uint8_t over[thread_count] = {};
  std::uint8_t pixel[thread_count];
  std::memcpy(delta, in + last, step);
  std::memcpy(over, above + last, step);
  hn::StoreU(next(delta, over), bytes, pixel);
  std::memcpy(out + last, pixel, step);
}

template <std::size_t step>
bool undo_row(Filter filter, const std::uint8_t* in, const std::uint8_t* above, std::size_t size,
              std::uint8_t* out) {
  switch (filter) {
    case Filter::none:
      std::memmove(out, in, size);
      return true;
    case Filter::sub:
      undo<step>(in, above, size, out, SubFilter{});
      return true;
    case Filter::up:
      for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(in[i] + above[i]);
      return true;
    case Filter::average:
      undo<step>(in, above, size, out, AverageFilter{});
      return true;
    case Filter::paeth:
      undo<step>(in, above, size, out, PaethFilter{});
      return true;
  }
  return false;
}

#endif

bool Unfilter3(const std::uint8_t* in, std::size_t height, std::size_t stride, std::uint8_t* rows) {
  return each_row(undo_row<3>, in, height, stride, rows);
}

bool Unfilter4(const std::uint8_t* in, std::size_t height, std::size_t stride, std::uint8_t* rows) {
  return each_row(undo_row<4>, in, height, stride, rows);
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::png
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill::png {

HWY_EXPORT(Unfilter3);
HWY_EXPORT(Unfilter4);

bool unfilter(std::span<const std::uint8_t> filtered, std::size_t height, std::size_t stride,
              std::size_t step, std::uint8_t* rows) {
  const std::uint8_t* in = filtered.data();
  switch (step) {
    case 1:
      return each_row(undo_row_plainly<1>, in, height, stride, rows);
    case 2:
      return each_row(undo_row_plainly<2>, in, height, stride, rows);
    case 3:
      return HWY_DYNAMIC_DISPATCH(Unfilter3)(in, height, stride, rows);
    case 4:
      return HWY_DYNAMIC_DISPATCH(Unfilter4)(in, height, stride, rows);
    case 6:
      return each_row(undo_row_plainly<6>, in, height, stride, rows);
    case 8:
      return each_row(undo_row_plainly<8>, in, height, stride, rows);
    default:
      return false;
  }
}

}  // namespace imgmill::png
#endif
