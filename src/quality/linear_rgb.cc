#include "quality/linear_rgb.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/try.h"

namespace imgmill::quality {
namespace {

constexpr std::size_t smallest_side = 8;
constexpr std::size_t most_enlarged_pixels = std::size_t{1} << 28;
constexpr float brightest = 100;
constexpr double dark_grey = 0.1;
constexpr double bright_grey = 0.9;

/// The sRGB transfer function (IEC 61966-2-1), from 0..1 to 0..1.
double decode_srgb(double coded) {
  return coded <= 0.04045 ? coded / 12.92 : std::pow((coded + 0.055) / 1.055, 2.4);
}
double encode_srgb(double light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

/// The table of coded values is indexed by the square root of the light, in which the curve is
/// nearly linear.
constexpr std::size_t root_steps = 4096;

struct Tables {
  std::array<float, 256> of8;
  std::vector<float> of16;
  std::vector<float> coded;
};

const Tables& tables() {
  static const Tables made = [] {
    Tables t;
    for (std::size_t i = 0; i < t.of8.size(); ++i) {
      t.of8[i] = static_cast<float>(decode_srgb(static_cast<double>(i) / 255));
    }
    t.of16.resize(65536);
    for (std::size_t i = 0; i < t.of16.size(); ++i) {
      t.of16[i] = static_cast<float>(decode_srgb(static_cast<double>(i) / 65535));
    }
    t.coded.resize(root_steps + 2);
    for (std::size_t i = 0; i < t.coded.size(); ++i) {
      const double root = static_cast<double>(i) / root_steps;
      t.coded[i] = static_cast<float>(encode_srgb(root * root));
    }
    return t;
  }();
  return made;
}

std::size_t bytes_of(SampleKind kind) {
  switch (kind) {
    case SampleKind::srgb8:
      return 1;
    case SampleKind::srgb16:
      return 2;
    case SampleKind::linear:
      return 4;
  }
  return 0;
}

float tamed(float value) {
  return std::isfinite(value) ? std::clamp(value, -brightest, brightest) : 0.0F;
}

// One set of functions per sample type: the light of a sample, and of a sample composited on a grey
// background. Blending works on coded values, as in a browser.

float light(std::uint8_t sample, const Tables& t) { return t.of8[sample]; }
float light(std::uint16_t sample, const Tables& t) { return t.of16[sample]; }
float light(float sample, const Tables&) { return tamed(sample); }

template <typename Sample>
float coverage(Sample sample) {
  return static_cast<float>(sample) / static_cast<float>(std::numeric_limits<Sample>::max());
}
template <>
float coverage(float sample) {
  return std::isfinite(sample) ? std::clamp(sample, 0.0F, 1.0F) : 0.0F;
}

template <typename Sample>
float laid_upon(Sample sample, float alpha, float grey, const Tables& t) {
  const float coded = coverage(sample) * alpha + (1 - alpha) * grey;
  return t.of16[static_cast<std::size_t>(coded * 65535 + 0.5F)];
}
template <>
float laid_upon(float sample, float alpha, float grey, const Tables& t) {
  const float coded = coded_of_light(tamed(sample)) * alpha + (1 - alpha) * grey;
  if (coded >= 0 && coded <= 1) return t.of16[static_cast<std::size_t>(coded * 65535 + 0.5F)];
  return std::copysign(static_cast<float>(decode_srgb(std::abs(static_cast<double>(coded)))),
                       coded);
}

/// Loads a possibly unaligned sample.
template <typename Sample>
Sample fetch(const std::byte* at) {
  Sample sample;
  std::memcpy(&sample, at, sizeof sample);
  return sample;
}

// Pixels `left` to `left + count` of row `y`.
const std::byte* pixels_at(const PixelView& view, std::size_t y, std::size_t left,
                           std::size_t count) {
  if (view.rows != nullptr) return view.rows->row(y, left, count);
  const std::size_t pixel = static_cast<std::size_t>(view.channels) * bytes_of(view.kind);
  return static_cast<const std::byte*>(view.samples) + y * view.row_bytes + left * pixel;
}

template <typename Sample>
bool any_clear(const PixelView& view) {
  const auto step = static_cast<std::size_t>(view.channels) * sizeof(Sample);
  for (std::size_t y = 0; y < view.height; ++y) {
    const std::byte* at = pixels_at(view, y, 0, view.width) + step - sizeof(Sample);
    bool clear = false;
    for (std::size_t x = 0; x < view.width; ++x, at += step) {
      // Written so that NaN counts as transparent.
      clear |= !(coverage(fetch<Sample>(at)) >= 1);
    }
    if (clear) return true;
  }
  return false;
}

// Reads pixels without blending. `step`: bytes from one pixel to the next, a compile-time constant.
// This is the hot path; its cost is three table lookups per pixel.
template <typename Sample, std::size_t step, std::size_t to_green, std::size_t to_blue>
void read_opaque(const std::byte* at, std::size_t count, float* __restrict red,
                 float* __restrict green, float* __restrict blue) {
  const Tables& t = tables();
#pragma GCC unroll 4
  for (std::size_t i = 0; i < count; ++i, at += step) {
    red[i] = light(fetch<Sample>(at), t);
    green[i] = light(fetch<Sample>(at + to_green), t);
    blue[i] = light(fetch<Sample>(at + to_blue), t);
  }
}

}  // namespace

LinearRgbReader::LinearRgbReader(const PixelView& view) : view_(view) {
  const std::size_t side = std::min(view.width, view.height);
  factor_ = side < smallest_side ? (smallest_side + side - 1) / side : 1;
  width_ = view.width * factor_;
  height_ = view.height * factor_;
}

Result<LinearRgbReader> LinearRgbReader::create(const PixelView& view) {
  const bool some = view.samples != nullptr || view.rows != nullptr;
  if (!some || view.width == 0 || view.height == 0) {
    return fail(ErrorCode::usage, "a picture without pixels cannot be compared",
                "give at least one pixel");
  }
  if (view.channels < 1 || view.channels > 4 || bytes_of(view.kind) == 0) {
    return fail(ErrorCode::usage, fmt::format("pixels of {} channels are unknown", view.channels),
                "give grey or RGB, with or without alpha");
  }
  const std::size_t pixel = static_cast<std::size_t>(view.channels) * bytes_of(view.kind);
  if (view.rows == nullptr && view.row_bytes / pixel < view.width) {
    return fail(ErrorCode::usage,
                fmt::format("rows of {} bytes do not hold {} pixels of {} bytes", view.row_bytes,
                            view.width, pixel),
                "set row_bytes to the distance from one row to the next");
  }
  LinearRgbReader reader(view);
  if (reader.factor_ > 1 && reader.width_ > most_enlarged_pixels / reader.height_) {
    return fail(ErrorCode::limit,
                fmt::format("a picture of {} x {} pixels is too thin to be compared", view.width,
                            view.height),
                "cut it into shorter pieces");
  }
  return reader;
}

bool LinearRgbReader::transparent() const {
  if (view_.channels % 2 != 0) return false;
  switch (view_.kind) {
    case SampleKind::srgb8:
      return any_clear<std::uint8_t>(view_);
    case SampleKind::srgb16:
      return any_clear<std::uint16_t>(view_);
    case SampleKind::linear:
      return any_clear<float>(view_);
  }
  return false;
}

template <typename Sample>
void LinearRgbReader::read_as(std::size_t y, std::size_t left, std::size_t count,
                              Background background, float* const* planes) const {
  const Tables& t = tables();
  float* const red = planes[0];
  float* const green = planes[1];
  float* const blue = planes[2];
  const auto channels = static_cast<std::size_t>(view_.channels);
  const bool grey = channels < 3;
  const std::size_t to_green = grey ? 0 : sizeof(Sample);
  const std::size_t to_blue = grey ? 0 : 2 * sizeof(Sample);
  const std::size_t step = channels * sizeof(Sample);
  const bool blend = background != Background::none && channels % 2 == 0;
  if (!blend && factor_ == 1) {
    constexpr std::size_t one = sizeof(Sample);
    const std::byte* at = pixels_at(view_, y, left, count);
    switch (channels) {
      case 1:
        return read_opaque<Sample, one, 0, 0>(at, count, red, green, blue);
      case 2:
        return read_opaque<Sample, 2 * one, 0, 0>(at, count, red, green, blue);
      case 3:
        return read_opaque<Sample, 3 * one, one, 2 * one>(at, count, red, green, blue);
      default:
        return read_opaque<Sample, 4 * one, one, 2 * one>(at, count, red, green, blue);
    }
  }
  const auto behind = static_cast<float>(background == Background::dark ? dark_grey : bright_grey);
  const std::size_t to_alpha = step - sizeof(Sample);
  const std::size_t first = left / factor_;
  const std::byte* const row =
      pixels_at(view_, y / factor_, first, (left + count - 1) / factor_ - first + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::byte* at = row + ((left + i) / factor_ - first) * step;
    const float alpha = blend ? coverage(fetch<Sample>(at + to_alpha)) : 1.0F;
    const auto seen = [&](const std::byte* sample) {
      return alpha == 1.0F ? light(fetch<Sample>(sample), t)
                           : laid_upon(fetch<Sample>(sample), alpha, behind, t);
    };
    red[i] = seen(at);
    green[i] = seen(at + to_green);
    blue[i] = seen(at + to_blue);
  }
}

// The metric reads a few columns of one row after another, a pattern that hardware prefetchers do
// not predict: half of its time was spent waiting for pixels.
void LinearRgbReader::call_for(std::size_t y, std::size_t left, std::size_t count) const {
  if (factor_ > 1 || y >= height_ || view_.rows != nullptr) return;
  const std::size_t pixel = static_cast<std::size_t>(view_.channels) * bytes_of(view_.kind);
  const std::byte* at = pixels_at(view_, y, left, count);
  for (std::size_t i = 0; i < count * pixel; i += cache_line) __builtin_prefetch(at + i);
}

const std::uint8_t* LinearRgbReader::plain_rgb(std::size_t y, std::size_t left, std::size_t count,
                                               Background background) const {
  const bool plain = view_.kind == SampleKind::srgb8 && view_.channels == 3 && factor_ == 1 &&
                     background == Background::none;
  if (!plain) return nullptr;
  return reinterpret_cast<const std::uint8_t*>(pixels_at(view_, y, left, count));
}

void LinearRgbReader::read(std::size_t y, std::size_t left, std::size_t count,
                           Background background, float* red, float* green, float* blue) const {
  if (count == 0) return;
  float* const planes[] = {red, green, blue};
  switch (view_.kind) {
    case SampleKind::srgb8:
      return read_as<std::uint8_t>(y, left, count, background, planes);
    case SampleKind::srgb16:
      return read_as<std::uint16_t>(y, left, count, background, planes);
    case SampleKind::linear:
      return read_as<float>(y, left, count, background, planes);
  }
}

float coded_of_light(float light) {
  const float size = std::abs(light);
  if (!(size <= 1)) {
    return std::copysign(static_cast<float>(encode_srgb(static_cast<double>(size))), light);
  }
  const std::vector<float>& coded = tables().coded;
  const float place = std::sqrt(size) * root_steps;
  const auto at = static_cast<std::size_t>(place);
  const float share = place - static_cast<float>(at);
  return std::copysign(coded[at] + (coded[at + 1] - coded[at]) * share, light);
}

const float* light_of_bytes() { return tables().of8.data(); }

Result<void> same_size(std::uint32_t width, std::uint32_t height, const PixelView& candidate) {
  if (candidate.width == width && candidate.height == height) return {};
  return fail(ErrorCode::usage,
              fmt::format("pictures of {} x {} and {} x {} pixels cannot be compared", width,
                          height, candidate.width, candidate.height),
              "bring both to the same size first");
}

}  // namespace imgmill::quality
