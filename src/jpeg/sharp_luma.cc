#include "jpeg/sharp_luma.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/sharp_luma.cc"
#include <hwy/foreach_target.h>
// Must follow foreach_target.h, which includes the code below once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill::jpeg {
namespace HWY_NAMESPACE {

// The luminance of each primary (Rec. ITU-R BT.709).
constexpr float red_share = 0.2126F;
constexpr float green_share = 0.7152F;
constexpr float blue_share = 0.0722F;

// The T.871 offsets from luma to red, green and blue.
struct Offsets {
  float red, green, blue;
};

HWY_INLINE Offsets offsets(float cb, float cr) {
  return {1.402F * cr, -0.344136286F * cb - 0.714136286F * cr, 1.772F * cb};
}

HWY_INLINE float within(float value) {
  value = value < 0.0F ? 0.0F : value;
  return value > 1.0F ? 1.0F : value;
}

// The sRGB curve as a polynomial, accurate enough here and without a power function: off by at most
// 0.002. Fitted by least squares over 0..1, with 1 mapped to 1.
constexpr float linear = 0.0125F;
constexpr float squared = 0.6822F;
constexpr float cubed = 1.0F - linear - squared;

HWY_INLINE float light(float sample) {
  return sample * (linear + sample * (squared + sample * cubed));
}
HWY_INLINE float slope(float sample) {
  return linear + sample * (2 * squared + sample * (3 * cubed));
}

HWY_INLINE float luminance(float luma, const Offsets& by) {
  return red_share * light(within(luma + by.red)) + green_share * light(within(luma + by.green)) +
         blue_share * light(within(luma + by.blue));
}

// The derivative of luminance with respect to luma. Clipped samples count as if they could change,
// so that it is never 0 and steps tend to be too short.
HWY_INLINE float growth(float luma, const Offsets& by) {
  return red_share * slope(within(luma + by.red)) + green_share * slope(within(luma + by.green)) +
         blue_share * slope(within(luma + by.blue));
}

// Adjusts `luma`, whose own chroma is `cb` and `cr`, to the chroma that decoders will show.
void Correct(std::size_t width, const float* HWY_RESTRICT cb, const float* HWY_RESTRICT cr,
             const float* HWY_RESTRICT shown_cb, const float* HWY_RESTRICT shown_cr,
             float* HWY_RESTRICT luma) {
  constexpr float scale = 1.0F / 255;
  // The largest useful change: if even that is not enough, colours are out of gamut.
  constexpr float most = 40 * scale;
  constexpr int steps = 3;
  for (std::size_t x = 0; x < width; ++x) {
    const float before = (luma[x] + 128) * scale;
    const float wanted = luminance(before, offsets(cb[x] * scale, cr[x] * scale));
    const Offsets shown = offsets(shown_cb[x] * scale, shown_cr[x] * scale);
    float after = before;
    // Newton's method; more than three steps gain less than 0.01 points.
    for (int step = 0; step < steps; ++step) {
      after += (wanted - luminance(after, shown)) / growth(after, shown);
      after = after < before - most ? before - most : after;
      after = after > before + most ? before + most : after;
    }
    luma[x] += (after - before) * 255;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::jpeg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <cstdint>

namespace imgmill::jpeg {
namespace {

HWY_EXPORT(Correct);

// Vertical upsampling: 3/4 of the nearest row and 1/4 of the next.
void enlarge_down(const std::vector<float>& plane, std::size_t wide, std::size_t high,
                  std::size_t row, std::vector<float>& out) {
  const std::size_t near = row / 2;
  const std::size_t next = row % 2 == 1 ? std::min(near + 1, high - 1) : near - (near > 0 ? 1 : 0);
  const float* first = plane.data() + near * wide;
  const float* second = plane.data() + next * wide;
  for (std::size_t x = 0; x < wide; ++x) out[x] = 0.75F * first[x] + 0.25F * second[x];
}

// Horizontal upsampling. `out` has space for twice as many samples as `line`.
void enlarge_across(const std::vector<float>& line, std::vector<float>& out) {
  const std::size_t last = line.size() - 1;
  for (std::size_t x = 0; x <= last; ++x) {
    out[2 * x] = 0.75F * line[x] + 0.25F * line[x > 0 ? x - 1 : 0];
    out[2 * x + 1] = 0.75F * line[x] + 0.25F * line[std::min(x + 1, last)];
  }
}

}  // namespace

SharpLuma::SharpLuma(const Samples& samples)
    : width_(samples.width),
      wide_((std::size_t{samples.width} + 1) / 2),
      high_((std::size_t{samples.height} + 1) / 2),
      cb_(wide_ * high_),
      cr_(wide_ * high_),
      line_(wide_),
      cb_row_(2 * wide_),
      cr_row_(2 * wide_) {
  for (std::size_t y = 0; y < high_; ++y) {
    const std::uint8_t* upper = samples.first + 2 * y * samples.row_size;
    const std::uint8_t* lower = 2 * y + 1 < samples.height ? upper + samples.row_size : upper;
    for (std::size_t x = 0; x < wide_; ++x) {
      const std::size_t left = 6 * x;
      const std::size_t right = 2 * x + 1 < width_ ? left + 3 : left;
      const auto mean = [&](std::size_t channel) {
        const int sum = upper[left + channel] + upper[right + channel] + lower[left + channel] +
                        lower[right + channel];
        return static_cast<float>(sum) / 4;
      };
      const float red = mean(0);
      const float green = mean(1);
      const float blue = mean(2);
      cb_[y * wide_ + x] = -0.168735892F * red - 0.331264108F * green + 0.5F * blue;
      cr_[y * wide_ + x] = 0.5F * red - 0.418687589F * green - 0.081312411F * blue;
    }
  }
}

void SharpLuma::correct(std::size_t row, float* luma, const float* cb, const float* cr) {
  enlarge_down(cb_, wide_, high_, row, line_);
  enlarge_across(line_, cb_row_);
  enlarge_down(cr_, wide_, high_, row, line_);
  enlarge_across(line_, cr_row_);
  HWY_DYNAMIC_DISPATCH(Correct)(width_, cb, cr, cb_row_.data(), cr_row_.data(), luma);
}

}  // namespace imgmill::jpeg
#endif
