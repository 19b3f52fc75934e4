#include "webp/colour.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "webp/colour.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, so that it is included once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::webp {
namespace HWY_NAMESPACE {

// ITU-R BT.601 weights in 65536ths and 32768ths, scaled to 219 and 224 steps.
constexpr std::uint16_t luma_weights[3] = {16829, 33039, 6416};
constexpr std::int16_t blue_weights[3] = {-4857, -9535, 14392};
constexpr std::int16_t red_weights[3] = {14392, -12052, -2340};

#if HWY_TARGET == HWY_SCALAR

// Targets without 16-byte vectors use scalar code with the same sums.
void ConvertRows(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t width,
                 std::uint8_t* const* luma, std::uint8_t* blue_out, std::uint8_t* red_out) {
  const std::uint8_t* rows[2] = {upper, lower};
  for (std::size_t x = 0; x < width; x += 2) {
    int sums[3] = {};
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint8_t* at = rows[i / 2] + 3 * (x + i % 2);
      unsigned bright = 16 * 256 + 129;
      for (std::size_t c = 0; c < 3; ++c) {
        bright += at[c] * unsigned{luma_weights[c]} >> 8;
        sums[c] += at[c];
      }
      luma[i / 2][x + i % 2] = static_cast<std::uint8_t>(bright >> 8);
    }
    const auto chroma = [&](const std::int16_t* weights) {
      int sum = 128 * 128 + 64;
      for (std::size_t c = 0; c < 3; ++c) sum += (sums[c] * 32 * weights[c] + 16384) >> 15;
      return static_cast<std::uint8_t>(sum >> 7);
    };
    blue_out[x / 2] = chroma(blue_weights);
    red_out[x / 2] = chroma(red_weights);
  }
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::FixedTag<std::uint8_t, 16>;
using Words = hn::FixedTag<std::uint16_t, 8>;
using Signed = hn::FixedTag<std::int16_t, 8>;

// Converts eight bytes, in the low byte of each word or not, to luma in 256ths.
template <typename V>
HWY_INLINE V Luma(V red, V green, V blue) {
  const Words d;
  const auto part = [&](V v, std::uint16_t weight)
                        HWY_ATTR { return hn::MulHigh(hn::ShiftLeft<8>(v), hn::Set(d, weight)); };
  return hn::Add(hn::Add(part(red, luma_weights[0]), part(green, luma_weights[1])),
                 hn::Add(part(blue, luma_weights[2]), hn::Set(d, 16 * 256 + 129)));
}

template <typename V>
HWY_INLINE auto Chroma(V red, V green, V blue, const std::int16_t* weights) {
  const Signed d;
  const auto part = [&](V v, std::int16_t weight) HWY_ATTR {
    return hn::MulFixedPoint15(hn::ShiftLeft<5>(hn::BitCast(d, v)), hn::Set(d, weight));
  };
  const auto sum = hn::Add(hn::Add(part(red, weights[0]), part(green, weights[1])),
                           hn::Add(part(blue, weights[2]), hn::Set(d, 128 * 128 + 64)));
  return hn::ShiftRight<7>(sum);
}

// Converts two rows of `width` pixels, a multiple of 16.
void ConvertRows(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t width,
                 std::uint8_t* const* luma, std::uint8_t* blue_out, std::uint8_t* red_out) {
  const Bytes d;
  const Words d16;
  const hn::Half<Bytes> half;
  const std::uint8_t* rows[2] = {upper, lower};
  for (std::size_t x = 0; x < width; x += 16) {
    auto red_sum = hn::Zero(d16);
    auto green_sum = hn::Zero(d16);
    auto blue_sum = hn::Zero(d16);
    for (std::size_t row = 0; row < 2; ++row) {
      hn::Vec<Bytes> red, green, blue;
      hn::LoadInterleaved3(d, rows[row] + 3 * x, red, green, blue);
      const auto low = Luma(hn::PromoteTo(d16, hn::LowerHalf(half, red)),
                            hn::PromoteTo(d16, hn::LowerHalf(half, green)),
                            hn::PromoteTo(d16, hn::LowerHalf(half, blue)));
      const auto high = Luma(hn::PromoteTo(d16, hn::UpperHalf(half, red)),
                             hn::PromoteTo(d16, hn::UpperHalf(half, green)),
                             hn::PromoteTo(d16, hn::UpperHalf(half, blue)));
      const Signed ds;
      const auto bytes = [&](hn::Vec<Words> v) HWY_ATTR {
        return hn::DemoteTo(half, hn::BitCast(ds, hn::ShiftRight<8>(v)));
      };
      hn::StoreU(hn::Combine(d, bytes(high), bytes(low)), d, luma[row] + x);
      // Each word holds two neighbouring samples.
      const auto pairs = [&](hn::Vec<Bytes> v) HWY_ATTR {
        const auto words = hn::BitCast(d16, v);
        return hn::Add(hn::And(words, hn::Set(d16, 0xFF)), hn::ShiftRight<8>(words));
      };
      red_sum = hn::Add(red_sum, pairs(red));
      green_sum = hn::Add(green_sum, pairs(green));
      blue_sum = hn::Add(blue_sum, pairs(blue));
    }
    hn::StoreU(hn::DemoteTo(half, Chroma(red_sum, green_sum, blue_sum, blue_weights)), half,
               blue_out + x / 2);
    hn::StoreU(hn::DemoteTo(half, Chroma(red_sum, green_sum, blue_sum, red_weights)), half,
               red_out + x / 2);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::webp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <cstring>

namespace imgmill::webp {
namespace {

HWY_EXPORT(ConvertRows);

// Writes a row as RGB, padded to `width` with its last pixel.
void fill_row(const Samples& samples, std::size_t y, std::size_t width, std::uint8_t* to) {
  const std::uint8_t* from =
      samples.first + std::min<std::size_t>(y, samples.height - 1) * samples.row_size;
  if (samples.channels == 3) {
    std::memcpy(to, from, 3 * std::size_t{samples.width});
  } else {
    for (std::size_t x = 0; x < samples.width; ++x) std::fill_n(to + 3 * x, 3, from[x]);
  }
  const std::uint8_t* last = to + 3 * (std::size_t{samples.width} - 1);
  for (std::size_t x = samples.width; x < width; ++x) std::memcpy(to + 3 * x, last, 3);
}

// Decoders smooth chroma when upsampling, so differences to the four neighbours are amplified in
// advance. In 256ths of the difference to their sum. Fitted together with the quantizer's numbers
// (quantiser.cc).
constexpr int sharpening = 33;

void sharpen(std::vector<std::uint8_t>& plane, std::size_t width) {
  const std::size_t height = plane.size() / width;
  std::vector<std::uint8_t> above(plane.begin(),
                                  plane.begin() + static_cast<std::ptrdiff_t>(width));
  // The original row, with one more sample on either side.
  std::vector<std::uint8_t> now(width + 2);
  for (std::size_t y = 0; y < height; ++y) {
    std::uint8_t* row = plane.data() + y * width;
    const std::uint8_t* below = y + 1 < height ? row + width : row;
    std::memcpy(now.data() + 1, row, width);
    now[0] = row[0];
    now[width + 1] = row[width - 1];
    const std::uint8_t* up = above.data();
    for (std::size_t x = 0; x < width; ++x) {
      const int own = now[x + 1];
      const int others = now[x] + now[x + 2] + up[x] + below[x];
      const int sharper = own + (((4 * own - others) * sharpening + 128) >> 8);
      row[x] = static_cast<std::uint8_t>(std::clamp(sharper, 0, 255));
    }
    std::memcpy(above.data(), now.data() + 1, width);
  }
}

}  // namespace

Planes to_planes(const Samples& samples) {
  Planes planes{.width = samples.width,
                .height = samples.height,
                .wide = (std::size_t{samples.width} + 15) / 16,
                .high = (std::size_t{samples.height} + 15) / 16};
  planes.luma.resize(256 * planes.wide * planes.high);
  planes.blue.resize(64 * planes.wide * planes.high);
  planes.red.resize(64 * planes.wide * planes.high);
  const std::size_t width = planes.luma_stride();
  std::vector<std::uint8_t> rows(2 * 3 * width);
  for (std::size_t y = 0; y < 16 * planes.high; y += 2) {
    fill_row(samples, y, width, rows.data());
    fill_row(samples, y + 1, width, rows.data() + 3 * width);
    std::uint8_t* luma[2] = {planes.luma.data() + y * width, planes.luma.data() + (y + 1) * width};
    const std::size_t chroma = y / 2 * planes.chroma_stride();
    HWY_DYNAMIC_DISPATCH(ConvertRows)
    (rows.data(), rows.data() + 3 * width, width, luma, planes.blue.data() + chroma,
     planes.red.data() + chroma);
  }
  sharpen(planes.blue, planes.chroma_stride());
  sharpen(planes.red, planes.chroma_stride());
  return planes;
}

}  // namespace imgmill::webp
#endif
