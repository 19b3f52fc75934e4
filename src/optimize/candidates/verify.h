// Verifies that nothing was lost.
#pragma once

#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

/// Colours that are invisible, under full transparency: they must match, or they are ignored.
enum class HiddenColours { compare, ignore };

/// True if both show exactly the same: size and every sample of every pixel, where grey equals a
/// colour with equal parts, and a missing alpha channel equals an opaque one. Animations must show
/// the same at each time and play as often, regardless of how they are divided into frames. Hidden
/// colours of an animation are never visible, so they never count. Errors: those of reading the
/// pixels.
[[nodiscard]] Result<bool> same_pixels(const Picture& one, const Picture& other,
                                       HiddenColours hidden = HiddenColours::compare);

}  // namespace imgmill
