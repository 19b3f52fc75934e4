// When frames are seen, in the units of the format they go to.
#pragma once

#include "imgmill/format.h"
#include "transform/transform.h"

namespace imgmill {

/// Delays and the number of plays that `target` can hold: GIF counts hundredths of a second, of
/// which browsers play no fewer than two as they are. Delays are rounded so that no frame begins
/// more than half a unit away from its time as long as none has to last longer. What changes is a
/// loss and told. Pictures that do not move come back as they are.
[[nodiscard]] Result<Picture> timed_for(Picture picture, const FormatInfo& target,
                                        Findings& findings);

}  // namespace imgmill
