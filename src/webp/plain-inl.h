// Scalar operations on blocks of 4 x 4 samples: for machines without vectors, and as the reference
// in tests. The results equal those of blocks-inl.h and predict-inl.h, where the functions are
// documented.
#if defined(IMGMILL_WEBP_PLAIN_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef IMGMILL_WEBP_PLAIN_INL_H
#undef IMGMILL_WEBP_PLAIN_INL_H
#else
#define IMGMILL_WEBP_PLAIN_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "webp/coder.h"
#include "webp/quantiser.h"
#include "webp/tables.h"

#if HWY_TARGET == HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace imgmill::webp {
namespace HWY_NAMESPACE {

inline std::uint8_t Clamped(int value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

inline std::int32_t HadamardOne(const std::uint8_t* samples, const std::uint8_t* predicted) {
  int rows[16];
  for (std::size_t i = 0; i < 16; i += 4) {
    int v[4];
    for (std::size_t x = 0; x < 4; ++x) v[x] = samples[i + x] - predicted[i + x];
    const int a = v[0] + v[2], b = v[1] + v[3], c = v[0] - v[2], e = v[1] - v[3];
    rows[i] = a + b;
    rows[i + 1] = a - b;
    rows[i + 2] = c + e;
    rows[i + 3] = c - e;
  }
  std::int32_t sum = 0;
  for (std::size_t x = 0; x < 4; ++x) {
    const int a = rows[x] + rows[8 + x], b = rows[4 + x] + rows[12 + x];
    const int c = rows[x] - rows[8 + x], e = rows[4 + x] - rows[12 + x];
    sum += std::abs(a + b) + std::abs(a - b) + std::abs(c + e) + std::abs(c - e);
  }
  return sum;
}

inline std::int32_t HadamardSum(const std::uint8_t* samples, const std::uint8_t* predicted,
                                std::size_t count) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += HadamardOne(samples + 16 * i, predicted + 16 * i);
  return sum;
}

inline void HadamardEach(const std::uint8_t* samples, const std::uint8_t* predicted,
                         std::size_t count, std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = HadamardOne(samples, predicted + 16 * i);
}

// Product in 32768ths, rounded.
inline int Times(int value, int weight) { return (value * weight + 16384) >> 15; }

inline void DctStep(const int* in, std::size_t step, int* out) {
  const int a = in[0] + in[3 * step], b = in[step] + in[2 * step];
  const int c = in[step] - in[2 * step], e = in[0] - in[3 * step];
  const auto large = [](int v) { return v + Times(v, 10045); };
  const auto small = [](int v) { return v - Times(v, 15034); };
  out[0] = a + b;
  out[step] = large(e) + small(c);
  out[2 * step] = a - b;
  out[3 * step] = small(e) - large(c);
}

inline void Transform(const std::uint8_t* samples, std::size_t next, const std::uint8_t* predicted,
                      std::size_t count, std::int16_t* out) {
  for (std::size_t block = 0; block < count; ++block) {
    int v[16];
    int down[16];
    int both[16];
    for (std::size_t i = 0; i < 16; ++i) {
      v[i] = (samples[block * next + i] - predicted[16 * block + i]) * 8;
    }
    for (std::size_t x = 0; x < 4; ++x) DctStep(v + x, 4, down + x);
    for (std::size_t y = 0; y < 16; y += 4) DctStep(down + y, 1, both + y);
    for (std::size_t at = 0; at < 16; ++at) {
      out[16 * block + at] = static_cast<std::int16_t>((both[zigzag[at]] + 8) >> 4);
    }
  }
}

inline std::int32_t Quantise(const std::int16_t* coefficients, const Matrix& matrix,
                             BlockLevels& out) {
  std::int32_t sum = 0;
  out.end = 0;
  for (std::size_t at = 0; at < 16; ++at) {
    const int size = std::abs(coefficients[at]);
    const int level = ((size + matrix.bias[at]) * matrix.inverse[at]) >> 16;
    const int weighed = (size - level * matrix.steps[at]) * matrix.weights[at];
    sum += weighed * weighed;
    out.levels[at] = static_cast<std::int16_t>(coefficients[at] < 0 ? -level : level);
    if (level != 0) out.end = at + 1;
  }
  return sum;
}

inline void InverseStep(const int* in, std::size_t step, int* out) {
  const auto large = [](int v) { return v + ((v * 20091) >> 16); };
  const auto small = [](int v) { return (v * 35468) >> 16; };
  const int a = in[0] + in[2 * step], b = in[0] - in[2 * step];
  const int c = small(in[step]) - large(in[3 * step]);
  const int e = large(in[step]) + small(in[3 * step]);
  out[0] = a + e;
  out[step] = b + c;
  out[2 * step] = b - c;
  out[3 * step] = a - e;
}

inline void Reconstruct(const std::int16_t* levels, const Matrix& matrix, const std::int16_t* dc,
                        const std::uint8_t* predicted, std::uint8_t* to, std::size_t stride) {
  int v[16];
  int down[16];
  int both[16];
  for (std::size_t at = 0; at < 16; ++at) v[zigzag[at]] = levels[at] * matrix.steps[at];
  if (dc != nullptr) v[0] = *dc;
  for (std::size_t x = 0; x < 4; ++x) InverseStep(v + x, 4, down + x);
  for (std::size_t y = 0; y < 16; y += 4) InverseStep(down + y, 1, both + y);
  for (std::size_t i = 0; i < 16; ++i) {
    to[i / 4 * stride + i % 4] = Clamped(predicted[i] + ((both[i] + 4) >> 3));
  }
}

// RFC 6386, section 12.3, verbatim: `e` is the line from its second sample on.
inline void PredictBlock(const Line& line, std::uint8_t* out) {
  const std::uint8_t* e = line.at + 1;
  const auto three = [&](int i) {
    return static_cast<std::uint8_t>((e[i - 1] + 2 * e[i] + e[i + 1] + 2) >> 2);
  };
  const auto two = [&](int i) { return static_cast<std::uint8_t>((e[i] + e[i + 1] + 1) >> 1); };
  constexpr int corner = 4;
  int sum = 4;
  for (int i = 1; i <= 4; ++i) sum += e[corner + i] + e[corner - i];
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) {
      const auto set = [&](BlockMode mode, std::uint8_t value) {
        out[16 * mode + 4 * y + x] = value;
      };
      set(block_dc, static_cast<std::uint8_t>(sum >> 3));
      set(block_true_motion, Clamped(e[corner + 1 + x] + e[corner - 1 - y] - e[corner]));
      set(block_vertical, three(corner + 1 + x));
      set(block_horizontal, three(corner - 1 - y));
      set(block_right_down, three(corner + x - y));
      set(block_left_down, three(corner + 2 + x + y));
      // Position along the edge in half samples.
      const int right = 2 * x - y;
      set(block_vertical_right,
          right >= 0 ? (right % 2 == 0 ? two(corner + right / 2) : three(corner + (right + 1) / 2))
                     : three(corner + right + 1));
      const int down = 2 * y - x;
      set(block_horizontal_down,
          down >= 0 ? (down % 2 == 0 ? two(corner - 1 - down / 2) : three(corner - (down + 1) / 2))
                    : three(corner - down - 1));
      const int left = x + y / 2;
      // The last two samples are those of the next column.
      set(block_vertical_left, x == 3 && y >= 2 ? three(corner + 4 + y)
                               : y % 2 == 0     ? two(corner + 1 + left)
                                                : three(corner + 2 + left));
      const int up = 2 * y + x;
      set(block_horizontal_up, up > 5        ? e[0]
                               : up == 5     ? three(0)
                               : up % 2 == 0 ? two(corner - 2 - up / 2)
                                             : three(corner - 2 - up / 2));
    }
  }
}

inline void PredictWhole(const Beside& beside, std::size_t across, WholeMode mode,
                         std::uint8_t* out) {
  const std::size_t size = 4 * across;
  unsigned sum = 0;
  for (std::size_t i = 0; beside.has_above && i < size; ++i) sum += beside.above()[i];
  for (std::size_t i = 0; beside.has_left && i < size; ++i) sum += beside.left(i);
  auto count = static_cast<unsigned>(size);
  if (beside.has_above && beside.has_left) count *= 2;
  const bool any = beside.has_above || beside.has_left;
  const auto mean = static_cast<std::uint8_t>(any ? (sum + count / 2) / count : 128);
  for (std::size_t y = 0; y < size; ++y) {
    for (std::size_t x = 0; x < size; ++x) {
      const int above = beside.above()[x];
      const int left = beside.left(y);
      out[16 * (across * (y / 4) + x / 4) + 4 * (y % 4) + x % 4] =
          mode == whole_dc           ? mean
          : mode == whole_vertical   ? static_cast<std::uint8_t>(above)
          : mode == whole_horizontal ? static_cast<std::uint8_t>(left)
                                     : Clamped(above + left - beside.corner());
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::webp
HWY_AFTER_NAMESPACE();
#endif

#endif
