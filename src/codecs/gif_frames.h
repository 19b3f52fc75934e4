// A GIF as an animation, drawn as browsers draw it.
#pragma once

#include "codecs/frames.h"
#include "imgmill/error.h"
#include "metadata/gif_blocks.h"

namespace imgmill {

/// What is to be done about a frame whose pixels end early.
enum class ShortFrame { refuse, leave_the_rest };

/// What `screen` shows. The canvas is the screen or, where the first frame reaches beyond it, large
/// enough for that; what later frames have beyond it is cut off. Where nothing was drawn it is
/// clear, and so it is again where frames were disposed of: nobody shows the background colour
/// that the specification speaks of. Refers to the file's bytes. Errors: bad_input (nothing to
/// show), limit (a frame far larger than the canvas).
[[nodiscard]] Result<MovingPicture> gif_animation(metadata::GifScreen screen,
                                                  ShortFrame short_frame = ShortFrame::refuse);

}  // namespace imgmill
