#include "jpeg/inverse.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/inverse.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which makes them come once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Ints = hn::CappedTag<std::int32_t, 8>;
using Shorts = hn::Rebind<std::int16_t, Ints>;
using Bytes = hn::Rebind<std::uint8_t, Ints>;
using V = hn::Vec<Ints>;

// Multipliers are in 13-bit fixed point, what comes out of the first pass has 2 more bits than
// samples.
constexpr int fixed_bits = 13;
constexpr int extra_bits = 2;

template <int bits>
HWY_INLINE V Rounded(V v) {
  return hn::ShiftRight<bits>(hn::Add(v, hn::Set(Ints(), 1 << (bits - 1))));
}
HWY_INLINE V Times(V v, std::int32_t by) { return hn::Mul(v, hn::Set(Ints(), by)); }

// One-dimensional, of eight coefficients in each lane; scaled up by 2^13. A rotation of two takes
// three multiplications where they are shared.
HWY_INLINE void Inverse(const V (&in)[8], V (&out)[8]) {
  const V turned = Times(hn::Add(in[2], in[6]), 4433);  // cos(6 pi / 16) sqrt(2)
  const V even_2 = hn::Sub(turned, Times(in[6], 15137));
  const V even_3 = hn::Add(turned, Times(in[2], 6270));
  const V even_0 = hn::ShiftLeft<fixed_bits>(hn::Add(in[0], in[4]));
  const V even_1 = hn::ShiftLeft<fixed_bits>(hn::Sub(in[0], in[4]));
  const V even[4] = {hn::Add(even_0, even_3), hn::Add(even_1, even_2), hn::Sub(even_1, even_2),
                     hn::Sub(even_0, even_3)};

  const V all = Times(hn::Add(hn::Add(in[7], in[3]), hn::Add(in[5], in[1])), 9633);
  const V outer = Times(hn::Add(in[7], in[1]), -7373);
  const V inner = Times(hn::Add(in[5], in[3]), -20995);
  const V low = hn::Add(Times(hn::Add(in[7], in[3]), -16069), all);
  const V high = hn::Add(Times(hn::Add(in[5], in[1]), -3196), all);
  const V odd[4] = {hn::Add(Times(in[1], 12299), hn::Add(outer, high)),
                    hn::Add(Times(in[3], 25172), hn::Add(inner, low)),
                    hn::Add(Times(in[5], 16819), hn::Add(inner, high)),
                    hn::Add(Times(in[7], 2446), hn::Add(outer, low))};
  for (std::size_t i = 0; i < 4; ++i) {
    out[i] = hn::Add(even[i], odd[i]);
    out[7 - i] = hn::Sub(even[i], odd[i]);
  }
}

// Rows become columns.
HWY_INLINE void Turn(const std::int16_t* from, std::int16_t* to) {
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t y = 0; y < 8; ++y) {
    for (std::size_t x = 0; x < 8; ++x) to[8 * x + y] = from[8 * y + x];
  }
#else
  const hn::FixedTag<std::int16_t, 8> d;
  const hn::Repartition<std::int32_t, decltype(d)> d32;
  const hn::Repartition<std::int64_t, decltype(d)> d64;
  using Row = hn::Vec<decltype(d)>;
  Row r[8];
  Row t[8];
  for (std::size_t y = 0; y < 8; ++y) r[y] = hn::Load(d, from + 8 * y);
  for (std::size_t i = 0; i < 4; ++i) {
    t[2 * i] = hn::InterleaveLower(d, r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = hn::InterleaveUpper(d, r[2 * i], r[2 * i + 1]);
  }
  const auto lower = [&](auto tag, Row a, Row b) HWY_ATTR {
    return hn::BitCast(d, hn::InterleaveLower(tag, hn::BitCast(tag, a), hn::BitCast(tag, b)));
  };
  const auto upper = [&](auto tag, Row a, Row b) HWY_ATTR {
    return hn::BitCast(d, hn::InterleaveUpper(tag, hn::BitCast(tag, a), hn::BitCast(tag, b)));
  };
  for (std::size_t i = 0; i < 2; ++i) {  // rows 0..3 and 4..7; columns two by two
    r[4 * i] = lower(d32, t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = upper(d32, t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = lower(d32, t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = upper(d32, t[4 * i + 1], t[4 * i + 3]);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    hn::Store(lower(d64, r[i], r[i + 4]), d, to + 16 * i);
    hn::Store(upper(d64, r[i], r[i + 4]), d, to + 16 * i + 8);
  }
#endif
}

// Whether a block is flat.
HWY_INLINE bool OnlyFirst(const std::int16_t* levels) {
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < block_coefficients; i += 4) {
    std::uint64_t four = 0;
    std::memcpy(&four, levels + i, sizeof four);
    if (i == 0) {
      std::uint64_t first = 0;
      std::memcpy(&first, levels, sizeof *levels);
      four ^= first;
    }
    rest |= four;
  }
  return rest == 0;
}

// A row of blocks into eight rows of samples, `stride` apart.
void ShowRow(const std::int16_t* levels, std::size_t blocks, const std::int32_t* steps,
             std::uint8_t* out, std::size_t stride) {
  const Ints d;
  const Shorts narrow;
  const Bytes bytes;
  const std::size_t lanes = hn::Lanes(d);
  alignas(64) std::int16_t once[block_coefficients];
  alignas(64) std::int16_t turned[block_coefficients];
  for (std::size_t block = 0; block < blocks; ++block, levels += block_coefficients, out += 8) {
    if (OnlyFirst(levels)) {
      const int value = std::clamp(((levels[0] * steps[0] + 4) >> 3) + 128, 0, 255);
      for (std::size_t y = 0; y < 8; ++y) std::memset(out + y * stride, value, 8);
      continue;
    }
    V in[8];
    V result[8];
    for (std::size_t x = 0; x < 8; x += lanes) {
      for (std::size_t k = 0; k < 8; ++k) {
        in[k] = hn::Mul(hn::PromoteTo(d, hn::LoadU(narrow, levels + 8 * k + x)),
                        hn::Load(d, steps + 8 * k + x));
      }
      Inverse(in, result);
      for (std::size_t y = 0; y < 8; ++y) {
        hn::Store(hn::DemoteTo(narrow, Rounded<fixed_bits - extra_bits>(result[y])), narrow,
                  once + 8 * y + x);
      }
    }
    Turn(once, turned);
    for (std::size_t y = 0; y < 8; y += lanes) {
      for (std::size_t k = 0; k < 8; ++k) {
        in[k] = hn::PromoteTo(d, hn::Load(narrow, turned + 8 * k + y));
      }
      Inverse(in, result);
      for (std::size_t x = 0; x < 8; ++x) {
        const V sample = Rounded<fixed_bits + extra_bits + 3>(result[x]);
        hn::Store(hn::DemoteTo(narrow, hn::Add(sample, hn::Set(d, 128))), narrow, once + 8 * x + y);
      }
    }
    Turn(once, turned);
    for (std::size_t y = 0; y < 8; ++y) {
      for (std::size_t x = 0; x < 8; x += lanes) {
        const V sample = hn::PromoteTo(d, hn::Load(narrow, turned + 8 * y + x));
        hn::StoreU(hn::DemoteTo(bytes, sample), bytes, out + y * stride + x);
      }
    }
  }
}

// `near` and `far`, 3 to 1, the sums not divided. Reads and writes up to a vector beyond.
void MixRows(const std::uint8_t* near, const std::uint8_t* far, std::size_t count,
             std::int16_t* out) {
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> bytes;
  for (std::size_t x = 0; x < count; x += hn::Lanes(d)) {
    const auto n = hn::PromoteTo(d, hn::LoadU(bytes, near + x));
    const auto f = hn::PromoteTo(d, hn::LoadU(bytes, far + x));
    hn::StoreU(hn::Add(hn::Mul(n, hn::Set(d, 3)), f), d, out + x);
  }
}

// Twice as many samples: each mixed 3 to 1 with its left and with its right neighbour, and divided
// by 2^`bits`; ties go up on the one side and down on the other. `in` has one more on either side.
template <int bits>
HWY_INLINE void Widen(const std::int16_t* in, std::size_t count, std::uint8_t* out) {
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> bytes;
  const auto before = hn::Set(d, static_cast<std::int16_t>(bits == 4 ? 8 : 1));
  const auto after = hn::Set(d, static_cast<std::int16_t>(bits == 4 ? 7 : 2));
  for (std::size_t x = 0; x < count; x += hn::Lanes(d)) {
    const auto here = hn::Mul(hn::LoadU(d, in + x), hn::Set(d, 3));
    const auto left = hn::Add(hn::Add(here, hn::LoadU(d, in + x - 1)), before);
    const auto right = hn::Add(hn::Add(here, hn::LoadU(d, in + x + 1)), after);
    hn::StoreInterleaved2(hn::DemoteTo(bytes, hn::ShiftRight<bits>(left)),
                          hn::DemoteTo(bytes, hn::ShiftRight<bits>(right)), bytes, out + 2 * x);
  }
}
void WidenSums(const std::int16_t* in, std::size_t count, std::uint8_t* out) {
  Widen<4>(in, count, out);
}
void WidenSamples(const std::int16_t* in, std::size_t count, std::uint8_t* out) {
  Widen<2>(in, count, out);
}

// T.871, section 7, in 16-bit fixed point.
void ToRgb(const std::uint8_t* y, const std::uint8_t* cb, const std::uint8_t* cr, std::size_t width,
           std::uint8_t* out) {
  const Ints d;
  const Bytes bytes;
  const auto load = [&](const std::uint8_t* at)
                        HWY_ATTR { return hn::PromoteTo(d, hn::LoadU(bytes, at)); };
  const V middle = hn::Set(d, 128);
  const auto rgb = [&](std::size_t x, auto& red, auto& green, auto& blue) HWY_ATTR {
    const V luma = load(y + x);
    const V b = hn::Sub(load(cb + x), middle);
    const V r = hn::Sub(load(cr + x), middle);
    const V to_green = hn::Add(Times(b, -22554), Times(r, -46802));
    red = hn::DemoteTo(bytes, hn::Add(luma, Rounded<16>(Times(r, 91881))));
    green = hn::DemoteTo(bytes, hn::Add(luma, Rounded<16>(to_green)));
    blue = hn::DemoteTo(bytes, hn::Add(luma, Rounded<16>(Times(b, 116130))));
  };
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Bytes> red;
  hn::Vec<Bytes> green;
  hn::Vec<Bytes> blue;
  std::size_t x = 0;
  for (; x + lanes <= width; x += lanes) {
    rgb(x, red, green, blue);
    hn::StoreInterleaved3(red, green, blue, bytes, out + 3 * x);
  }
  if (x == width) return;
  std::uint8_t rest[3 * hn::MaxLanes(Ints())];
  rgb(x, red, green, blue);
  hn::StoreInterleaved3(red, green, blue, bytes, rest);
  std::memcpy(out + 3 * x, rest, 3 * (width - x));
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::jpeg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill::jpeg {
namespace {

HWY_EXPORT(ShowRow);
HWY_EXPORT(MixRows);
HWY_EXPORT(WidenSums);
HWY_EXPORT(WidenSamples);
HWY_EXPORT(ToRgb);

constexpr std::size_t block_side = 8;
// Vectors are read and written whole.
constexpr std::size_t beyond = 64;

/// Rows of one plane's samples.
struct Shown {
  std::size_t width = 0;   ///< samples of the picture in a row
  std::size_t height = 0;  ///< rows of the picture
  std::size_t stride = 0;
  std::vector<std::uint8_t> samples;

  [[nodiscard]] std::uint8_t* row(std::size_t y) { return samples.data() + y * stride; }
};

class Screen {
 public:
  explicit Screen(const Picture& picture) : picture_(picture) {
    for (std::size_t i = 0; i < picture.planes.size(); ++i) {
      const Plane& plane = picture.planes[i];
      std::copy(plane.steps.begin(), plane.steps.end(), steps_[i].begin());
      Shown& shown = planes_[i];
      const auto share = [](std::uint32_t all, int part, int whole) {
        const auto p = static_cast<std::size_t>(part);
        const auto w = static_cast<std::size_t>(whole);
        return (all * p + w - 1) / w;
      };
      const Plane& luma = picture.planes[0];
      shown.width = share(picture.width, plane.across, luma.across);
      shown.height = share(picture.height, plane.down, luma.down);
      shown.stride = plane.blocks_wide * block_side + beyond;
      const std::size_t rows = i == 0 ? block_side : plane.blocks_high * block_side;
      shown.samples.resize(rows * shown.stride);
      for (std::uint32_t row = 0; i > 0 && row < plane.blocks_high; ++row) show(i, row, row);
    }
    if (picture.planes.size() < 3) return;
    across_ = picture.planes[1].across < picture.planes[0].across;
    down_ = picture.planes[1].down < picture.planes[0].down;
    sums_.resize(planes_[1].width + 2 * beyond);
    for (auto& wide : wide_) wide.resize(picture.width + 2 * beyond);
  }

  void show_into(unsigned char* out) {
    const std::size_t channels = picture_.planes.size();
    for (std::size_t y = 0; y < picture_.height; ++y, out += channels * picture_.width) {
      const std::size_t row = y % block_side;
      if (row == 0) show(0, y / block_side, 0);
      const std::uint8_t* luma = planes_[0].row(row);
      if (channels == 1) {
        std::memcpy(out, luma, picture_.width);
      } else {
        HWY_DYNAMIC_DISPATCH(ToRgb)(luma, chroma(1, y), chroma(2, y), picture_.width, out);
      }
    }
  }

 private:
  // The samples of block row `from` go to where block row `to` has its place.
  void show(std::size_t index, std::size_t from, std::size_t to) {
    const Plane& plane = picture_.planes[index];
    HWY_DYNAMIC_DISPATCH(ShowRow)
    (plane.block(from * plane.blocks_wide), plane.blocks_wide, steps_[index].data(),
     planes_[index].row(to * block_side), planes_[index].stride);
  }

  // A row of chroma in luma's resolution.
  const std::uint8_t* chroma(std::size_t index, std::size_t y) {
    Shown& plane = planes_[index];
    if (!across_) return plane.row(y);
    const std::size_t middle = down_ ? y / 2 : y;
    std::int16_t* const sums = sums_.data() + beyond;
    if (down_) {
      const std::size_t above = middle == 0 ? 0 : middle - 1;
      const std::size_t beside = y % 2 == 0 ? above : std::min(middle + 1, plane.height - 1);
      HWY_DYNAMIC_DISPATCH(MixRows)(plane.row(middle), plane.row(beside), plane.width, sums);
    } else {
      std::copy_n(plane.row(middle), plane.width, sums);
    }
    sums[-1] = sums[0];
    sums[plane.width] = sums[plane.width - 1];
    std::uint8_t* const out = wide_[index - 1].data();
    if (down_) {
      HWY_DYNAMIC_DISPATCH(WidenSums)(sums, plane.width, out);
    } else {
      HWY_DYNAMIC_DISPATCH(WidenSamples)(sums, plane.width, out);
    }
    return out;
  }

  const Picture& picture_;
  alignas(64) std::array<std::array<std::int32_t, block_coefficients>, 3> steps_{};
  std::array<Shown, 3> planes_;  ///< of luma one row of blocks, of chroma all
  bool across_ = false;
  bool down_ = false;
  std::vector<std::int16_t> sums_;
  std::array<std::vector<std::uint8_t>, 2> wide_;
};

}  // namespace

bool can_be_shown(const Picture& picture) {
  // libjpeg widens fewer samples in another way.
  constexpr std::uint32_t narrowest = 6;
  for (const Plane& plane : picture.planes) {
    if (plane.unit != 1) return false;
  }
  if (picture.planes.size() == 1) return true;
  if (picture.planes.size() != 3 || picture.chroma != Chroma::second_and_third) return false;
  const Plane& luma = picture.planes[0];
  const Plane& chroma = picture.planes[1];
  if (chroma.across != picture.planes[2].across || chroma.down != picture.planes[2].down) {
    return false;
  }
  const bool across = luma.across == 2 * chroma.across;
  const bool down = luma.down == 2 * chroma.down;
  if ((!across && luma.across != chroma.across) || (!down && luma.down != chroma.down)) {
    return false;
  }
  return across ? picture.width >= narrowest : !down;
}

Pixels shown_pixels(const Picture& picture) {
  Pixels out{.width = picture.width,
             .height = picture.height,
             .channels = static_cast<int>(picture.planes.size())};
  const std::size_t size = std::size_t{out.width} * out.height * picture.planes.size();
  Screen screen(picture);
  std::unique_ptr<unsigned char, decltype(&std::free)> samples(
      static_cast<unsigned char*>(std::malloc(size)), &std::free);
  if (samples == nullptr) throw std::bad_alloc();
  screen.show_into(samples.get());
  out.samples = samples.release();
  return out;
}

}  // namespace imgmill::jpeg
#endif
