// Adapts the timing of animations to the units of the target format.
#pragma once

#include "imgmill/format.h"
#include "transform/transform.h"

namespace imgmill {

/// Changes delays and the number of plays to values that `target` can hold: GIF counts hundredths
/// of a second, and browsers do not honour delays of less than two. Delays are rounded so that no
/// frame starts more than half a unit off its time, unless a frame has to be prolonged. Any change
/// is reported as a loss. Still pictures are returned unchanged.
[[nodiscard]] Result<Picture> timed_for(Picture picture, const FormatInfo& target,
                                        Findings& findings);

}  // namespace imgmill
