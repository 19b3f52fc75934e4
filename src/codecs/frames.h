// Animations whose frames are drawn over one another, as in GIF and PNG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/try.h"
#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

/// A rectangle of a canvas, pixels.
struct Area {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  [[nodiscard]] std::uint64_t pixels() const { return std::uint64_t{width} * height; }
  /// True if `other` lies entirely inside.
  [[nodiscard]] bool holds(const Area& other) const;
};

/// What happens to a frame's area when its time is over: it stays, is cleared to transparent, or is
/// restored to its previous contents.
enum class Disposal { keep, clear, restore };

/// One frame of an animation.
struct Frame {
  Area area;  ///< inside the canvas, possibly empty
  Disposal disposal = Disposal::keep;
  int delay = 0;  ///< milliseconds that browsers show it
};

/// The canvas that frames are drawn on. Rows are contiguous; alpha is the last channel.
struct FrameCanvas {
  std::uint32_t width = 0;
  int channels = 4;
  int sample_bytes = 1;
  std::vector<std::uint8_t> samples;

  [[nodiscard]] std::size_t pixel_bytes() const {
    return static_cast<std::size_t>(channels) * static_cast<std::size_t>(sample_bytes);
  }
  [[nodiscard]] std::size_t stride() const { return width * pixel_bytes(); }
  [[nodiscard]] std::uint8_t* at(std::uint32_t x, std::uint32_t y) {
    return samples.data() + y * stride() + x * pixel_bytes();
  }
};

/// An animation that has been parsed but not decoded.
struct MovingPicture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int channels = 4;      ///< of the canvas, including alpha: 2 or 4
  int sample_bytes = 1;  ///< 1 or 2
  /// Frames have no transparency of their own. If they cover the canvas, the picture is opaque and
  /// comes without alpha.
  bool opaque_frames = false;
  std::vector<Frame> frames;
  int plays = 1;  ///< how often the animation plays; 0: forever
  /// Draws frame `index` into its area of the canvas, over the existing contents. Errors:
  /// bad_input.
  std::function<Result<void>(std::size_t index, const Area& area, FrameCanvas& canvas)> draw;
};

/// True if no frame, when it is shown, leaves a pixel of the canvas undrawn.
[[nodiscard]] bool covers_canvas(const MovingPicture& animation);

/// Returns all frames of `animation`, or the first `count`, as they are displayed one after the
/// other. Lazy: holds the canvas and what `draw` needs. Throws as libvips's C++ interface does.
[[nodiscard]] Picture stacked(MovingPicture animation, std::uint32_t count);

/// Returns how long browsers show a frame with a delay of `stored` milliseconds: 100 if it is 10 or
/// less, in GIF, WebP and PNG alike (Blink's and Gecko's sources; observed with Chromium 156).
[[nodiscard]] constexpr int seen_for(int stored) { return stored <= 10 ? 100 : stored; }

}  // namespace imgmill
