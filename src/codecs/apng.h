// An animated PNG as an animation, drawn as browsers draw it.
#pragma once

#include "codecs/frames.h"
#include "imgmill/error.h"
#include "png/animation.h"

namespace imgmill {

/// What `file` shows: 8 bits a sample, or 16 where it has them; grey where it is grey. Refers to
/// the file's bytes.
[[nodiscard]] MovingPicture apng_animation(png::Animation file);

}  // namespace imgmill
