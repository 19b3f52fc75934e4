// Proof that nothing was lost.
#pragma once

#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

/// Whether colours that nobody can see, under full transparency, must agree too.
enum class HiddenColours { compare, ignore };

/// Whether both show exactly the same: size, every sample of every pixel, where grey equals a
/// colour with equal parts, and a missing alpha channel equals an opaque one; of animations what
/// is seen at which time and how often they play, however many frames they say it with. Nobody
/// sees `hidden` colours of an animation, so there they never count. Errors: what reading the
/// pixels brought up.
[[nodiscard]] Result<bool> same_pixels(const Picture& one, const Picture& other,
                                       HiddenColours hidden = HiddenColours::compare);

}  // namespace imgmill
