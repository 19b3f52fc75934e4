// An RGB canvas with a small bitmap font.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "imgmill/settings.h"

namespace imgmill {

/// 8 bits per channel, row by row. Drawing is clipped to the canvas.
class Canvas {
 public:
  /// Throws std::bad_alloc.
  Canvas(std::uint32_t width, std::uint32_t height, Colour ground);

  [[nodiscard]] std::uint32_t width() const { return width_; }
  [[nodiscard]] std::uint32_t height() const { return height_; }
  [[nodiscard]] const std::vector<std::uint8_t>& samples() const { return samples_; }

  /// Unchecked: for loops over all pixels.
  void set(std::uint32_t x, std::uint32_t y, Colour colour) {
    std::uint8_t* const pixel = &samples_[(std::size_t{y} * width_ + x) * 3];
    pixel[0] = colour.red;
    pixel[1] = colour.green;
    pixel[2] = colour.blue;
  }
  void fill(std::int64_t left, std::int64_t top, std::int64_t width, std::int64_t height,
            Colour colour);
  /// Draws the border of a rectangle, `thick` pixels wide, inside it.
  void frame(std::int64_t left, std::int64_t top, std::int64_t width, std::int64_t height,
             std::int64_t thick, Colour colour);
  /// Draws glyphs of 5 x 9 dots, each dot `scale` pixels wide, with the upper left corner at (x,
  /// y). Supports a to z, 0 to 9, space and ".,:-()"; other characters are left blank.
  void text(std::int64_t x, std::int64_t y, std::uint32_t scale, std::string_view text,
            Colour colour);

 private:
  std::uint32_t width_;
  std::uint32_t height_;
  std::vector<std::uint8_t> samples_;
};

/// Returns the width of `text` in pixels at this scale.
[[nodiscard]] std::int64_t text_width(std::string_view text, std::uint32_t scale);
inline constexpr std::int64_t text_rows = 9;  ///< dots, the last two for g, p, y, ...

}  // namespace imgmill
