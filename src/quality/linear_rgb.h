// Reads the pixels of a frame as linear light, row by row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "quality/ssimulacra2.h"

namespace imgmill::quality {

inline constexpr std::size_t cache_line = 64;  ///< bytes

/// The background of a transparent picture: none (alpha is ignored), or one of two greys, 0.1 and
/// 0.9 on the sRGB curve.
enum class Background { none, dark, bright };

/// Reads a validated PixelView as three rows of linear light (1 = white), whatever its channels and
/// sample type; for grey all three are the same. Values that are not finite become 0; others are
/// clamped to -100..100.
///
/// Pictures with a side under 8 pixels are enlarged: every pixel becomes a square of `factor` x
/// `factor` pixels, with the smallest factor that gives both sides 8 pixels. With fewer, the metric
/// would not have a single scale.
///
/// Refers to the view's pixels. Thread-safe, unless they come from PixelRows.
class LinearRgbReader {
 public:
  /// Errors: usage (no pixels, channels not 1..4, rows shorter than their pixels); limit (a sliver
  /// that would exceed 2^28 pixels when enlarged).
  [[nodiscard]] static Result<LinearRgbReader> create(const PixelView& view);

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t height() const { return height_; }
  [[nodiscard]] std::size_t factor() const { return factor_; }

  /// Prefetches pixels `left` to `left + count` of row `y`, if that row exists.
  void call_for(std::size_t y, std::size_t left, std::size_t count) const;

  /// True if any pixel is not opaque. Examines all pixels.
  [[nodiscard]] bool transparent() const;

  /// The address of pixels `left` to `left + count` of row `y`, for callers that read opaque 8-bit
  /// RGB themselves with light_of_bytes(); null for any other kind of pixels.
  [[nodiscard]] const std::uint8_t* plain_rgb(std::size_t y, std::size_t left, std::size_t count,
                                              Background background) const;

  /// Writes pixels `left` to `left + count` of row `y`. The range must be within the picture.
  void read(std::size_t y, std::size_t left, std::size_t count, Background background, float* red,
            float* green, float* blue) const;

 private:
  explicit LinearRgbReader(const PixelView& view);

  template <typename Sample>
  void read_as(std::size_t y, std::size_t left, std::size_t count, Background background,
               float* const* planes) const;

  PixelView view_;
  std::size_t width_ = 0;
  std::size_t height_ = 0;
  std::size_t factor_ = 1;
};

/// `light` encoded with the sRGB curve, which is extended beyond 1 and mirrored below 0.
[[nodiscard]] float coded_of_light(float light);

/// The linear light of each of 256 sRGB samples.
[[nodiscard]] const float* light_of_bytes();

/// Errors: usage, if the candidate's width and height differ from the original's.
[[nodiscard]] Result<void> same_size(std::uint32_t width, std::uint32_t height,
                                     const PixelView& candidate);

}  // namespace imgmill::quality
