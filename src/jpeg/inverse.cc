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
// Must follow foreach_target.h, which includes the code below once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Multipliers are in 13-bit fixed point. The output of the first pass has 2 more bits than samples;
// that of the second has 3 more, and is shifted by the middle of the range.
constexpr int first_shift = 13 - 2;
constexpr int second_shift = 13 + 2 + 3;
constexpr std::int32_t first_start = 1 << (first_shift - 1);
constexpr std::int32_t second_start = (1 << (second_shift - 1)) + (128 << second_shift);

// The factors of the coefficients: the rotations of the fast algorithm, multiplied out. Integer
// sums are the same in any order.
constexpr std::int32_t unity = 1 << 13;
constexpr std::int16_t turn_2[2] = {4433, 4433 - 15137};  // for coefficients 2 and 6
constexpr std::int16_t turn_6[2] = {4433 + 6270, 4433};
constexpr std::int16_t odd_13[4][2] = {  // for coefficients 1 and 3, for samples 0 to 3
    {12299 - 7373 - 3196 + 9633, 9633},
    {9633, 25172 - 20995 - 16069 + 9633},
    {9633 - 3196, 9633 - 20995},
    {9633 - 7373, 9633 - 16069}};
constexpr std::int16_t odd_57[4][2] = {  // for coefficients 5 and 7
    {9633 - 3196, 9633 - 7373},
    {9633 - 20995, 9633 - 16069},
    {16819 - 20995 - 3196 + 9633, 9633},
    {9633, 2446 - 7373 - 16069 + 9633}};

#if HWY_TARGET == HWY_SCALAR

// Transforms eight values, `step` apart.
template <int shift>
void Inverse(const std::int16_t* in, std::size_t step, std::int32_t start, std::int16_t* out) {
  const auto of = [&](std::size_t i) { return std::int32_t{in[i * step]}; };
  const std::int32_t sum = unity * (of(0) + of(4)) + start;
  const std::int32_t apart = unity * (of(0) - of(4)) + start;
  const std::int32_t two = turn_2[0] * of(2) + turn_2[1] * of(6);
  const std::int32_t six = turn_6[0] * of(2) + turn_6[1] * of(6);
  const std::int32_t even[4] = {sum + six, apart + two, apart - two, sum - six};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::int32_t odd =
        odd_13[i][0] * of(1) + odd_13[i][1] * of(3) + odd_57[i][0] * of(5) + odd_57[i][1] * of(7);
    const auto held = [](std::int32_t v) {
      return static_cast<std::int16_t>(std::clamp(v >> shift, -32768, 32767));
    };
    out[i * step] = held(even[i] + odd);
    out[(7 - i) * step] = held(even[i] - odd);
  }
}

void ShowBlock(const std::int16_t* levels, const std::int16_t* steps, std::uint8_t* out,
               std::size_t stride) {
  std::int16_t numbers[block_coefficients];
  for (std::size_t k = 0; k < block_coefficients; ++k) {
    numbers[k] = static_cast<std::int16_t>(levels[k] * steps[k]);
  }
  std::int16_t rows[block_coefficients];
  std::int16_t samples[block_coefficients];
  for (std::size_t x = 0; x < 8; ++x) Inverse<first_shift>(numbers + x, 8, first_start, rows + x);
  for (std::size_t y = 0; y < 8; ++y) {
    Inverse<second_shift>(rows + 8 * y, 1, second_start, samples + 8 * y);
    for (std::size_t x = 0; x < 8; ++x) {
      out[y * stride + x] = static_cast<std::uint8_t>(std::clamp<int>(samples[8 * y + x], 0, 255));
    }
  }
}

#else

// One or two blocks side by side: a vector holds a row of each.
using Row = hn::CappedTag<std::int16_t, 16>;
using Wide = hn::RepartitionToWide<Row>;
using R = hn::Vec<Row>;
using W = hn::Vec<Wide>;

HWY_INLINE R Pair(const std::int16_t (&two)[2]) {
  const std::uint32_t both = static_cast<std::uint16_t>(two[0]) |
                             static_cast<std::uint32_t>(static_cast<std::uint16_t>(two[1])) << 16;
  return hn::BitCast(Row(), hn::Set(Wide(), static_cast<std::int32_t>(both)));
}

// For each pair of neighbours: both products, added.
HWY_INLINE W Products(R a, R b) {
#if HWY_ARCH_X86
  // On this architecture it adds neighbours, despite its name.
  W none = hn::Zero(Wide());
  return hn::ReorderWidenMulAccumulate(Wide(), a, b, hn::Zero(Wide()), none);
#else
  const Wide d;
  const auto first = [&](R v) { return hn::ShiftRight<16>(hn::ShiftLeft<16>(hn::BitCast(d, v))); };
  const auto second = [&](R v) { return hn::ShiftRight<16>(hn::BitCast(d, v)); };
  return hn::Add(hn::Mul(first(a), first(b)), hn::Mul(second(a), second(b)));
#endif
}

// Half of the columns. `pairs`: coefficients 0 and 4, 2 and 6, 1 and 3, 5 and 7, interleaved.
template <int shift>
HWY_INLINE void InverseHalf(const R (&pairs)[4], W start, W (&out)[8]) {
  constexpr std::int16_t sum_of[2] = {unity, unity};
  constexpr std::int16_t apart_of[2] = {unity, -unity};
  const W sum = hn::Add(Products(pairs[0], Pair(sum_of)), start);
  const W apart = hn::Add(Products(pairs[0], Pair(apart_of)), start);
  const W two = Products(pairs[1], Pair(turn_2));
  const W six = Products(pairs[1], Pair(turn_6));
  const W even[4] = {hn::Add(sum, six), hn::Add(apart, two), hn::Sub(apart, two),
                     hn::Sub(sum, six)};
  for (std::size_t i = 0; i < 4; ++i) {
    const W odd = hn::Add(Products(pairs[2], Pair(odd_13[i])), Products(pairs[3], Pair(odd_57[i])));
    out[i] = hn::ShiftRight<shift>(hn::Add(even[i], odd));
    out[7 - i] = hn::ShiftRight<shift>(hn::Sub(even[i], odd));
  }
}

// One-dimensional inverse DCT down the columns of `rows`.
template <int shift>
HWY_INLINE void Inverse(R (&rows)[8], std::int32_t start) {
  constexpr std::size_t pairs[4][2] = {{0, 4}, {2, 6}, {1, 3}, {5, 7}};
  R lower[4];
  R upper[4];
  for (std::size_t i = 0; i < 4; ++i) {
    lower[i] = hn::InterleaveLower(Row(), rows[pairs[i][0]], rows[pairs[i][1]]);
    upper[i] = hn::InterleaveUpper(Row(), rows[pairs[i][0]], rows[pairs[i][1]]);
  }
  W left[8];
  W right[8];
  InverseHalf<shift>(lower, hn::Set(Wide(), start), left);
  InverseHalf<shift>(upper, hn::Set(Wide(), start), right);
  for (std::size_t i = 0; i < 8; ++i) rows[i] = hn::ReorderDemote2To(Row(), left[i], right[i]);
}

// Transposes each block.
HWY_INLINE void Turn(R (&r)[8]) {
  const Row d;
  const hn::Repartition<std::int32_t, Row> d32;
  const hn::Repartition<std::int64_t, Row> d64;
  const auto lower = [&](auto tag, R a, R b) HWY_ATTR {
    return hn::BitCast(d, hn::InterleaveLower(tag, hn::BitCast(tag, a), hn::BitCast(tag, b)));
  };
  const auto upper = [&](auto tag, R a, R b) HWY_ATTR {
    return hn::BitCast(d, hn::InterleaveUpper(tag, hn::BitCast(tag, a), hn::BitCast(tag, b)));
  };
  R t[8];
  for (std::size_t i = 0; i < 4; ++i) {
    t[2 * i] = lower(d, r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = upper(d, r[2 * i], r[2 * i + 1]);
  }
  for (std::size_t i = 0; i < 2; ++i) {  // rows 0..3 and 4..7; columns in pairs
    r[4 * i] = lower(d32, t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = upper(d32, t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = lower(d32, t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = upper(d32, t[4 * i + 1], t[4 * i + 3]);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    t[2 * i] = lower(d64, r[i], r[i + 4]);
    t[2 * i + 1] = upper(d64, r[i], r[i + 4]);
  }
  for (std::size_t i = 0; i < 8; ++i) r[i] = t[i];
}

// Decodes as many blocks as fit side by side in a vector, or one if only one is left. Writes 16
// samples per row.
HWY_INLINE void ShowBlocks(const std::int16_t* levels, bool one, const std::int16_t* steps,
                           std::uint8_t* out, std::size_t stride) {
  const Row d;
  R rows[8];
  for (std::size_t k = 0; k < 8; ++k) {
    const std::int16_t* row = levels + 8 * k;
    R coded;
    if constexpr (hn::MaxLanes(d) == 16) {
      const hn::Half<Row> half;
      coded =
          hn::Combine(d, hn::Load(half, row + (one ? 0 : block_coefficients)), hn::Load(half, row));
    } else {
      coded = hn::Load(d, row);
    }
    rows[k] = hn::Mul(coded, hn::LoadDup128(d, steps + 8 * k));
  }
  Inverse<first_shift>(rows, first_start);
  Turn(rows);
  Inverse<second_shift>(rows, second_start);
  Turn(rows);
  const hn::Rebind<std::uint8_t, Row> bytes;
  for (std::size_t y = 0; y < 8; ++y) {
    hn::StoreU(hn::DemoteTo(bytes, rows[y]), bytes, out + y * stride);
  }
}

#endif

// True if the block is flat: only its DC level may be nonzero.
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

// Decodes a row of blocks into eight rows of samples, `stride` apart. Writes up to a block beyond.
void ShowRow(const std::int16_t* levels, std::size_t blocks, const std::int16_t* steps,
             std::uint8_t* out, std::size_t stride) {
#if HWY_TARGET == HWY_SCALAR
  constexpr std::size_t most = 1;
#else
  const std::size_t most = hn::Lanes(Row()) / 8;
#endif
  for (std::size_t block = 0; block < blocks;) {
    const std::size_t count = std::min(most, blocks - block);
    const std::int16_t* first = levels + block * block_coefficients;
    std::uint8_t* const to = out + 8 * block;
    block += count;
    if (OnlyFirst(first) && (count == 1 || OnlyFirst(first + block_coefficients))) {
      for (std::size_t i = 0; i < count; ++i) {
        const auto coded = static_cast<std::int16_t>(first[i * block_coefficients] * steps[0]);
        const int value = std::clamp(((coded + 4) >> 3) + 128, 0, 255);
        for (std::size_t y = 0; y < 8; ++y) std::memset(to + 8 * i + y * stride, value, 8);
      }
      continue;
    }
#if HWY_TARGET == HWY_SCALAR
    ShowBlock(first, steps, to, stride);
#else
    ShowBlocks(first, count == 1, steps, to, stride);
#endif
  }
}

// The sum of 3 * `near` and `far`, not divided. Reads and writes up to a vector beyond.
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

// Doubles the number of samples: each is mixed 3 to 1 with its left and with its right neighbour,
// and divided by 2^`bits`; ties are rounded up on one side and down on the other. `in` has one more
// sample on either side.
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

// T.871, section 7, in 16-bit fixed point: 1.402, 0.344136, 0.714136 and 1.772. Whole multiples of
// the sample, which do not fit into a signed 16-bit number, are added afterwards.
constexpr std::int16_t red_of_cr = 91881 - (1 << 16);
constexpr std::int16_t green_of[2] = {-22554, (1 << 16) - 46802};  // for Cb and Cr
constexpr std::int16_t blue_of_cb = 116130 - (2 << 16);

#if HWY_TARGET == HWY_SCALAR

void ToRgb(const std::uint8_t* y, const std::uint8_t* cb, const std::uint8_t* cr, std::size_t width,
           std::uint8_t* out) {
  const auto held = [](int v) { return static_cast<std::uint8_t>(std::clamp(v, 0, 255)); };
  const auto rounded = [](int v) { return (v + (1 << 15)) >> 16; };
  for (std::size_t x = 0; x < width; ++x, out += 3) {
    const int b = cb[x] - 128;
    const int r = cr[x] - 128;
    out[0] = held(y[x] + r + rounded(red_of_cr * r));
    out[1] = held(y[x] - r + rounded(green_of[0] * b + green_of[1] * r));
    out[2] = held(y[x] + 2 * b + rounded(blue_of_cb * b));
  }
}

#else

// v * by / 2^16, rounded: computes twice that, truncated, then halves it with rounding.
HWY_INLINE R Share(R v, std::int16_t by) {
  const Row d;
  const R twice = hn::MulHigh(hn::Add(v, v), hn::Set(d, by));
  return hn::ShiftRight<1>(hn::Add(twice, hn::Set(d, 1)));
}

void ToRgb(const std::uint8_t* y, const std::uint8_t* cb, const std::uint8_t* cr, std::size_t width,
           std::uint8_t* out) {
  const Row d;
  const Wide wide;
  const hn::Rebind<std::uint8_t, Row> bytes;
  using B = hn::Vec<decltype(bytes)>;
  const R middle = hn::Set(d, 128);
  const W half = hn::Set(wide, 1 << 15);
  const auto load = [&](const std::uint8_t* at)
                        HWY_ATTR { return hn::PromoteTo(d, hn::LoadU(bytes, at)); };
  const auto to_green = [&](R pairs) HWY_ATTR {
    return hn::ShiftRight<16>(hn::Add(Products(pairs, Pair(green_of)), half));
  };
  const auto rgb = [&](std::size_t x, B& red, B& green, B& blue) HWY_ATTR {
    const R luma = load(y + x);
    const R b = hn::Sub(load(cb + x), middle);
    const R r = hn::Sub(load(cr + x), middle);
    const R greens = hn::ReorderDemote2To(d, to_green(hn::InterleaveLower(d, b, r)),
                                          to_green(hn::InterleaveUpper(d, b, r)));
    red = hn::DemoteTo(bytes, hn::Add(hn::Add(luma, r), Share(r, red_of_cr)));
    green = hn::DemoteTo(bytes, hn::Add(hn::Sub(luma, r), greens));
    blue = hn::DemoteTo(bytes, hn::Add(hn::Add(luma, hn::Add(b, b)), Share(b, blue_of_cb)));
  };
  const std::size_t lanes = hn::Lanes(d);
  B red;
  B green;
  B blue;
  std::size_t x = 0;
  for (; x + lanes <= width; x += lanes) {
    rgb(x, red, green, blue);
    hn::StoreInterleaved3(red, green, blue, bytes, out + 3 * x);
  }
  if (x == width) return;
  std::uint8_t rest[3 * hn::MaxLanes(Row())];
  rgb(x, red, green, blue);
  hn::StoreInterleaved3(red, green, blue, bytes, rest);
  std::memcpy(out + 3 * x, rest, 3 * (width - x));
}

#endif

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
// Padding, since vectors are read and written whole.
constexpr std::size_t beyond = 64;

/// Decoded samples of the columns of one plane that are in use.
struct Shown {
  std::size_t width = 0;   ///< samples of the picture per row
  std::size_t height = 0;  ///< rows of the picture
  std::size_t left = 0;    ///< first column in use; a multiple of a block
  std::size_t blocks = 0;  ///< blocks in use per row
  std::size_t stride = 0;
  std::array<std::size_t, 2> held = {none, none};  ///< rows of blocks, by their number modulo 2
  std::vector<std::uint8_t> samples;

  static constexpr std::size_t none = ~std::size_t{0};

  void use_columns(std::size_t first, std::size_t last) {
    const std::size_t begin = first / block_side * block_side;
    const std::size_t count = last / block_side - first / block_side + 1;
    if (begin == left && count == blocks) return;
    left = begin;
    blocks = count;
    stride = count * block_side + beyond;
    samples.resize(2 * block_side * stride);
    held = {none, none};
  }
  [[nodiscard]] std::uint8_t* row(std::size_t y) {
    return samples.data() + y % (2 * block_side) * stride;
  }
};

}  // namespace

bool can_be_shown(const Picture& picture) {
  // libjpeg upsamples narrower rows in another way.
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

struct RegionDecoder::State {
  explicit State(const Picture& shown) : picture(shown) {
    const Plane& luma = picture.planes[0];
    for (std::size_t i = 0; i < picture.planes.size(); ++i) {
      const Plane& plane = picture.planes[i];
      // Products have 16 bits, as in vectorized decoders: they wrap around on overflow.
      std::ranges::transform(plane.steps, steps[i].begin(),
                             [](std::uint16_t step) { return static_cast<std::int16_t>(step); });
      const auto share = [](std::uint32_t all, int part, int whole) {
        const auto p = static_cast<std::size_t>(part);
        const auto w = static_cast<std::size_t>(whole);
        return (all * p + w - 1) / w;
      };
      planes[i].width = share(picture.width, plane.across, luma.across);
      planes[i].height = share(picture.height, plane.down, luma.down);
    }
    if (picture.planes.size() < 3) return;
    across = picture.planes[1].across < luma.across;
    down = picture.planes[1].down < luma.down;
  }

  void use_columns(std::size_t left, std::size_t width) {
    const std::size_t last = left + width - 1;
    planes[0].use_columns(left, last);
    for (std::size_t i = 1; i < picture.planes.size(); ++i) {
      Shown& plane = planes[i];
      if (!across) {
        plane.use_columns(left, last);
        continue;
      }
      // Upsampling mixes each sample with its neighbours.
      plane.use_columns(left / 2 - std::min<std::size_t>(left / 2, 1),
                        std::min(last / 2 + 1, plane.width - 1));
      const std::size_t samples = last / 2 - left / 2 + 1;
      sums.resize(samples + 2 * beyond);
      wide[i - 1].resize(2 * (samples + beyond));
    }
  }

  // Row `y` of a plane, from its first column in use on.
  std::uint8_t* row(std::size_t index, std::size_t y) {
    Shown& plane = planes[index];
    const std::size_t block_row = y / block_side;
    std::size_t& held = plane.held[block_row % 2];
    if (held != block_row) {
      held = block_row;
      const Plane& from = picture.planes[index];
      HWY_DYNAMIC_DISPATCH(ShowRow)
      (from.block(block_row * from.blocks_wide + plane.left / block_side), plane.blocks,
       steps[index].data(), plane.row(block_row * block_side), plane.stride);
    }
    return plane.row(y);
  }

  // Row `y` of chroma from column `left` on, at luma resolution.
  const std::uint8_t* chroma(std::size_t index, std::size_t y, std::size_t left,
                             std::size_t width) {
    Shown& plane = planes[index];
    if (!across) return row(index, y) + left - plane.left;
    const std::size_t middle = down ? y / 2 : y;
    const std::size_t first = left / 2;
    const std::size_t count = (left + width - 1) / 2 - first + 1;
    // One sample more on either side.
    const std::size_t begin = first - std::min<std::size_t>(first, 1);
    const std::size_t end = std::min(first + count + 1, plane.width);
    std::int16_t* const sum = sums.data() + beyond;  // of sample `first`
    std::int16_t* const from = sum - (first - begin);
    const std::uint8_t* const near = row(index, middle) + begin - plane.left;
    if (down) {
      const std::size_t above = middle == 0 ? 0 : middle - 1;
      const std::size_t beside = y % 2 == 0 ? above : std::min(middle + 1, plane.height - 1);
      const std::uint8_t* const far = row(index, beside) + begin - plane.left;
      HWY_DYNAMIC_DISPATCH(MixRows)(near, far, end - begin, from);
    } else {
      std::copy_n(near, end - begin, from);
    }
    if (begin == first) sum[-1] = sum[0];
    if (end == first + count) sum[count] = sum[count - 1];
    std::uint8_t* const out = wide[index - 1].data();
    if (down) {
      HWY_DYNAMIC_DISPATCH(WidenSums)(sum, count, out);
    } else {
      HWY_DYNAMIC_DISPATCH(WidenSamples)(sum, count, out);
    }
    return out + left % 2;
  }

  const Picture& picture;
  alignas(64) std::array<std::array<std::int16_t, block_coefficients>, 3> steps{};
  std::array<Shown, 3> planes;
  bool across = false;
  bool down = false;
  std::vector<std::int16_t> sums;
  std::array<std::vector<std::uint8_t>, 2> wide;
};

RegionDecoder::RegionDecoder(const Picture& picture) : state_(std::make_unique<State>(picture)) {}
RegionDecoder::RegionDecoder(RegionDecoder&&) noexcept = default;
RegionDecoder& RegionDecoder::operator=(RegionDecoder&&) noexcept = default;
RegionDecoder::~RegionDecoder() = default;

void RegionDecoder::decode(const Region& region, unsigned char* out, std::size_t row_bytes) {
  State& state = *state_;
  state.use_columns(region.left, region.width);
  for (std::size_t y = region.top; y < std::size_t{region.top} + region.height; ++y) {
    const std::uint8_t* luma = state.row(0, y) + region.left - state.planes[0].left;
    if (state.picture.planes.size() == 1) {
      std::memcpy(out, luma, region.width);
    } else {
      HWY_DYNAMIC_DISPATCH(ToRgb)
      (luma, state.chroma(1, y, region.left, region.width),
       state.chroma(2, y, region.left, region.width), region.width, out);
    }
    out += row_bytes;
  }
}

Pixels shown_pixels(const Picture& picture) {
  Pixels out{.width = picture.width,
             .height = picture.height,
             .channels = static_cast<int>(picture.planes.size())};
  const std::size_t row_bytes = std::size_t{out.width} * picture.planes.size();
  RegionDecoder decoder(picture);
  std::unique_ptr<unsigned char, decltype(&std::free)> samples(
      static_cast<unsigned char*>(std::malloc(row_bytes * out.height)), &std::free);
  if (samples == nullptr) throw std::bad_alloc();
  decoder.decode({.width = out.width, .height = out.height}, samples.get(), row_bytes);
  out.samples = samples.release();
  return out;
}

}  // namespace imgmill::jpeg
#endif
