// The pixels of a frame as linear light, row by row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "quality/ssimulacra2.h"

namespace imgmill::quality {

inline constexpr std::size_t cache_line = 64;  ///< bytes

/// What a transparent picture is laid upon: nothing (alpha is not looked at), or one of
/// two greys, 0.1 and 0.9 on sRGB's curve.
enum class Background { none, dark, bright };

/// Reads a checked PixelView as three rows of linear light (1 = white), whatever its
/// channels and samples are; grey gives three times the same. Values that are not finite
/// become 0, the others are held within -100..100.
///
/// Pictures with a side under 8 pixels appear enlarged: every pixel stands for a square of
/// `factor` x `factor`, the smallest factor that gives both sides 8 pixels. With fewer the
/// metric would not have a single scale to look at.
///
/// Refers to the view's pixels. Safe to use from several threads.
class LightReader {
 public:
  /// Errors: usage (no pixels, channels not 1..4, rows shorter than their pixels);
  /// limit (a sliver that would become larger than 2^28 pixels by being enlarged).
  [[nodiscard]] static Result<LightReader> create(const PixelView& view);

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t height() const { return height_; }
  [[nodiscard]] std::size_t factor() const { return factor_; }

  /// Has the memory bring pixels `left` to `left + count` of row `y`, if there is one, before they
  /// are read.
  void call_for(std::size_t y, std::size_t left, std::size_t count) const;

  /// Whether any pixel is less than opaque. Looks at all of them.
  [[nodiscard]] bool transparent() const;

  /// Where pixel `left` of row `y` lies, for who wants to read opaque RGB of 8 bits by itself, with
  /// light_of_bytes(); null where the pixels are anything else.
  [[nodiscard]] const std::uint8_t* plain_rgb(std::size_t y, std::size_t left,
                                              Background background) const;

  /// Writes pixels `left` to `left + count` of row `y`. The range must lie in the picture.
  void read(std::size_t y, std::size_t left, std::size_t count, Background background, float* red,
            float* green, float* blue) const;

 private:
  explicit LightReader(const PixelView& view);

  template <typename Sample>
  void read_as(const std::byte* row, std::size_t left, std::size_t count, Background background,
               float* const* planes) const;

  PixelView view_;
  std::size_t width_ = 0;
  std::size_t height_ = 0;
  std::size_t factor_ = 1;
};

/// `light` on sRGB's curve, which goes on beyond 1, and mirrored below 0.
[[nodiscard]] float coded_of_light(float light);

/// The light of each of 256 samples on sRGB's curve.
[[nodiscard]] const float* light_of_bytes();

/// Errors: usage, when the candidate is not of the original's width and height.
[[nodiscard]] Result<void> same_size(std::uint32_t width, std::uint32_t height,
                                     const PixelView& candidate);

}  // namespace imgmill::quality
