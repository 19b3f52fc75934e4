// Animated PNG (W3C PNG, third edition, 4.9 and 11.3.6) as still frames and what becomes of them.
#pragma once

#include <cstdint>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "png/raster.h"

namespace imgmill::png {

enum class Dispose : std::uint8_t { none = 0, background = 1, previous = 2 };
enum class Blend : std::uint8_t { source = 0, over = 1 };

/// One frame, inside the picture.
struct AnimationFrame {
  std::uint32_t left = 0;  ///< pixels
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint16_t delay = 0;    ///< in parts of a second
  std::uint16_t parts = 100;  ///< of a second, at least 1
  Dispose dispose = Dispose::none;
  Blend blend = Blend::source;
  std::vector<ByteView> data;  ///< the pieces of its zlib stream
};

/// Refers to the file's bytes.
struct Animation {
  Raster form;  ///< size of the whole, colour, depth, palette and key; no rows
  bool interlaced = false;
  bool apart = false;       ///< the still picture in the file is not one of the frames
  std::uint32_t plays = 0;  ///< 0: for ever
  std::vector<AnimationFrame> frames;
};

/// Takes an animated PNG apart. Strict about everything that has to do with pixels: frames that are
/// missing, not in order or not inside the picture are an error. Thread-safe.
/// Errors: bad_input (damaged), unsupported (it is not animated, or has a critical chunk that is
/// not PNG's own), limit.
[[nodiscard]] Result<Animation> read_animation(ByteView input);

/// The pixels of a frame, of its own size. Thread-safe. Errors: bad_input.
[[nodiscard]] Result<Raster> raster_of(const Animation& animation, const AnimationFrame& frame);

}  // namespace imgmill::png
