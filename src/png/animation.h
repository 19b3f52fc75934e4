// Animated PNG (W3C PNG, third edition, 4.9 and 11.3.6): its frames and how they are composed.
#pragma once

#include <cstdint>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "png/raster.h"

namespace imgmill::png {

enum class Dispose : std::uint8_t { none = 0, background = 1, previous = 2 };
enum class Blend : std::uint8_t { source = 0, over = 1 };

/// One frame; it lies inside the picture.
struct AnimationFrame {
  std::uint32_t left = 0;  ///< pixels
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint16_t delay = 0;    ///< numerator of the delay in seconds
  std::uint16_t parts = 100;  ///< denominator, at least 1
  Dispose dispose = Dispose::none;
  Blend blend = Blend::source;
  std::vector<ByteView> data;  ///< the parts of its zlib stream
};

/// Refers to the bytes of the file.
struct Animation {
  Raster form;  ///< size of the whole picture, colour, depth, palette and key; no rows
  bool interlaced = false;
  bool apart = false;       ///< the still picture in the file is not one of the frames
  std::uint32_t plays = 0;  ///< 0: forever
  std::vector<AnimationFrame> frames;
};

/// Parses an animated PNG. Strict about everything that affects pixels: frames that are missing,
/// out of order or partly outside the picture are an error. Thread-safe.
/// Errors: bad_input (damaged), unsupported (not animated, or has a critical chunk that PNG does
/// not define), limit.
[[nodiscard]] Result<Animation> read_animation(ByteView input);

/// Returns the pixels of a frame, at the frame's own size. Thread-safe. Errors: bad_input.
[[nodiscard]] Result<Raster> raster_of(const Animation& animation, const AnimationFrame& frame);

}  // namespace imgmill::png
