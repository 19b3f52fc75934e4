// Animations whose frames are drawn one over the other, as GIF and PNG store them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/try.h"
#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

/// Part of a canvas, pixels.
struct Area {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  [[nodiscard]] std::uint64_t pixels() const { return std::uint64_t{width} * height; }
  /// Whether all of `other` lies inside.
  [[nodiscard]] bool holds(const Area& other) const;
};

/// What becomes of a frame's area when its time is over: it stays, becomes clear, or becomes what
/// it was before.
enum class Disposal { keep, clear, restore };

/// What is drawn at one time.
struct Frame {
  Area area;  ///< inside the canvas, possibly empty
  Disposal disposal = Disposal::keep;
  int delay = 0;  ///< milliseconds that browsers show it for
};

/// Where frames are drawn. Rows follow each other without gaps; alpha is the last channel.
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

/// An animation that has been taken apart, but not been decoded.
struct MovingPicture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int channels = 4;      ///< of the canvas, alpha among them: 2 or 4
  int sample_bytes = 1;  ///< 1 or 2
  /// Frames have no transparency of their own: then the canvas has none either where they cover
  /// it, and the picture comes without alpha.
  bool opaque_frames = false;
  std::vector<Frame> frames;
  int plays = 1;  ///< how often all frames are shown; 0: for ever
  /// Draws frame `index` into its area of the canvas, which shows what lies below it.
  /// Errors: bad_input.
  std::function<Result<void>(std::size_t index, const Area& area, FrameCanvas& canvas)> draw;
};

/// Whether each frame, when it is shown, leaves no pixel of the canvas that nothing was drawn on.
[[nodiscard]] bool covers_canvas(const MovingPicture& animation);

/// All frames of `animation`, or the first `count` of them, as they are seen one after the other.
/// Lazy: holds the canvas and what `draw` needs. Throws as libvips's C++ interface does.
[[nodiscard]] Picture stacked(MovingPicture animation, std::uint32_t count);

/// How long browsers show a frame that says `stored` milliseconds: 100 for what is 10 and less, in
/// GIF, WebP and PNG alike (Blink's and Gecko's sources; seen with Chromium 156).
[[nodiscard]] constexpr int seen_for(int stored) { return stored <= 10 ? 100 : stored; }

}  // namespace imgmill
