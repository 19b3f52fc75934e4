// Converts a GIF to an animation, rendered as browsers do.
#pragma once

#include "codecs/frames.h"
#include "imgmill/error.h"
#include "metadata/gif_blocks.h"

namespace imgmill {

/// What to do about a frame whose pixel data ends early.
enum class ShortFrame { refuse, leave_the_rest };

/// Returns the animation in `screen`. The canvas is the screen, enlarged if the first frame extends
/// beyond it; later frames are cropped to it. Undrawn and disposed areas are transparent: no viewer
/// shows the background colour of the specification. Refers to the file's bytes. Errors: bad_input
/// (nothing to show), limit (a frame far larger than the canvas).
[[nodiscard]] Result<MovingPicture> gif_animation(metadata::GifScreen screen,
                                                  ShortFrame short_frame = ShortFrame::refuse);

}  // namespace imgmill
