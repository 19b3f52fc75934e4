#include "quality/psnr.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "base/try.h"
#include "quality/linear_rgb.h"
#include "quality/rgb_squares.h"

namespace imgmill {
namespace {

using namespace quality;

// This many pixels, in rows spread over the picture, predict the result of all of them...
constexpr std::size_t glance_pixels = std::size_t{1} << 13;
// ...within this many dB.
constexpr double glance_error = 2;

constexpr double red_share = 0.299;
constexpr double green_share = 0.587;
constexpr double blue_share = 0.114;

/// Sums of squared differences, for samples from 0 to 1.
struct Squares {
  double colours = 0;  ///< over three samples per pixel
  double luma = 0;
};

Squares& operator+=(Squares& sum, const Squares& more) {
  sum.colours += more.colours;
  sum.luma += more.luma;
  return sum;
}

double ratio_of(const Squares& squares, std::size_t pixels) {
  const double count = static_cast<double>(pixels);
  const double mean = std::max(squares.colours / (3 * count), squares.luma / count);
  return mean > 0 ? std::min(-10 * std::log10(mean), psnr_of_equals) : psnr_of_equals;
}

const std::byte* row_of(const PixelView& view, std::size_t y) {
  if (view.rows != nullptr) return view.rows->row(y, 0, view.width);
  return static_cast<const std::byte*>(view.samples) + y * view.row_bytes;
}

bool is_plain_rgb(const PixelView& view) {
  return view.kind == SampleKind::srgb8 && view.channels == 3;
}

/// The fast path for most pictures; small ones are rated in less than a millisecond.
Squares squares_of_plain_rgb(const std::byte* one, const std::byte* other, std::size_t width) {
  RgbSquares sums;
  add_rgb_squares(reinterpret_cast<const std::uint8_t*>(one),
                  reinterpret_cast<const std::uint8_t*>(other), width, sums);
  const auto of = [](std::int64_t sum) { return static_cast<double>(sum) / (255.0 * 255.0); };
  const double across = red_share * green_share * of(sums.rg) +
                        red_share * blue_share * of(sums.rb) +
                        green_share * blue_share * of(sums.gb);
  const double luma = red_share * red_share * of(sums.rr) +
                      green_share * green_share * of(sums.gg) +
                      blue_share * blue_share * of(sums.bb) + 2 * across;
  return {of(sums.rr + sums.gg + sums.bb), std::max(luma, 0.0)};
}

struct Pixel {
  std::array<float, 3> colours;  ///< coded, 0..1
  float alpha;
};

template <typename Sample>
Pixel pixel_at(const std::byte* at, int channels) {
  std::array<Sample, 4> samples{};
  std::memcpy(samples.data(), at, static_cast<std::size_t>(channels) * sizeof(Sample));
  const auto colour = [&](std::size_t c) -> float {
    const Sample sample = samples[channels < 3 ? 0 : c];
    if constexpr (std::is_floating_point_v<Sample>) {
      return sample > 0 ? coded_of_light(std::min(sample, 1.0F)) : 0.0F;
    }
    return static_cast<float>(sample) / static_cast<float>(std::numeric_limits<Sample>::max());
  };
  const auto coverage = [&]() -> float {
    const Sample sample = samples[static_cast<std::size_t>(channels) - 1];
    if constexpr (std::is_floating_point_v<Sample>) {
      return std::isfinite(sample) ? std::clamp(sample, 0.0F, 1.0F) : 0.0F;
    }
    return static_cast<float>(sample) / static_cast<float>(std::numeric_limits<Sample>::max());
  };
  return {{colour(0), colour(1), colour(2)}, channels % 2 == 0 ? coverage() : 1.0F};
}

Pixel pixel_at(const PixelView& view, const std::byte* row, std::size_t x) {
  const auto pixel = static_cast<std::size_t>(view.channels);
  switch (view.kind) {
    case SampleKind::srgb8:
      return pixel_at<std::uint8_t>(row + x * pixel, view.channels);
    case SampleKind::srgb16:
      return pixel_at<std::uint16_t>(row + x * pixel * 2, view.channels);
    case SampleKind::linear:
      break;
  }
  return pixel_at<float>(row + x * pixel * 4, view.channels);
}

/// The difference when both pictures are composited on a grey of `ground`.
double distance(const Pixel& one, const Pixel& other, std::size_t c, float ground) {
  return static_cast<double>((one.colours[c] - ground) * one.alpha -
                             (other.colours[c] - ground) * other.alpha);
}

Squares squares_of_row(const PixelView& original, const PixelView& candidate, std::size_t y,
                       float ground) {
  Squares sum;
  const std::byte* const ones = row_of(original, y);
  const std::byte* const others = row_of(candidate, y);
  for (std::size_t x = 0; x < original.width; ++x) {
    const Pixel one = pixel_at(original, ones, x);
    const Pixel other = pixel_at(candidate, others, x);
    const double r = distance(one, other, 0, ground);
    const double g = distance(one, other, 1, ground);
    const double b = distance(one, other, 2, ground);
    const double luma = red_share * r + green_share * g + blue_share * b;
    sum += {r * r + g * g + b * b, luma * luma};
  }
  return sum;
}

/// Uses every `step`-th row.
double ratio_by_rows(const PixelView& original, const PixelView& candidate, std::size_t step) {
  const bool plain = is_plain_rgb(original) && is_plain_rgb(candidate);
  const bool clear = original.channels % 2 == 0 || candidate.channels % 2 == 0;
  Squares on_black;
  Squares on_white;
  std::size_t rows = 0;
  for (std::size_t y = 0; y < original.height; y += step, ++rows) {
    if (plain) {
      on_black += squares_of_plain_rgb(row_of(original, y), row_of(candidate, y), original.width);
      continue;
    }
    on_black += squares_of_row(original, candidate, y, 0);
    if (clear) on_white += squares_of_row(original, candidate, y, 1);
  }
  const std::size_t pixels = rows * original.width;
  const double black = ratio_of(on_black, pixels);
  return clear ? std::min(black, ratio_of(on_white, pixels)) : black;
}

}  // namespace

Result<double> psnr(const PixelView& original, const PixelView& candidate, double enough) {
  // Reject the same pixels as the metric.
  for (const PixelView* view : {&original, &candidate}) {
    const Result<LinearRgbReader> reader = LinearRgbReader::create(*view);
    if (!reader) return std::unexpected(reader.error());
  }
  IMGMILL_CHECK(same_size(original.width, original.height, candidate));
  const std::size_t pixels = std::size_t{original.width} * original.height;
  // Odd, because encoders work in blocks, in which some rows are coded better than others.
  const std::size_t step = pixels / glance_pixels | 1;
  if (step > 1) {
    const double glance = ratio_by_rows(original, candidate, step);
    if (glance > enough + glance_error) return glance;
  }
  return ratio_by_rows(original, candidate, 1);
}

}  // namespace imgmill
