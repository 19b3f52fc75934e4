// Converts an animated PNG to an animation, rendered as browsers do.
#pragma once

#include "codecs/frames.h"
#include "imgmill/error.h"
#include "png/animation.h"

namespace imgmill {

/// Returns the animation in `file`: 8 bits per sample, or 16 if the file has them; grey if the file
/// is grey. Refers to the file's bytes.
[[nodiscard]] MovingPicture apng_animation(png::Animation file);

}  // namespace imgmill
