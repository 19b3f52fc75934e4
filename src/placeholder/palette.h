// The main colours of a picture.
#pragma once

#include <vector>

#include "imgmill/placeholder.h"
#include "placeholder/small_picture.h"

namespace imgmill {

/// Up to six colours that differ clearly, largest share first; empty if no pixel is at least half
/// opaque. k-means over a histogram in Oklab (Bjorn Ottosson, "A perceptual color space for image
/// processing", 2020), begun with the colours farthest from each other, so that equal pictures have
/// equal palettes. Thread-safe.
[[nodiscard]] std::vector<PaletteEntry> palette_of(const SmallPicture& picture);

}  // namespace imgmill
