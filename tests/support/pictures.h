// Converts decoded libvips pictures to test rasters.
#pragma once

#include <vector>

#include "codecs/picture.h"
#include "support/raster.h"

namespace imgmill::test {

/// All frames as 8-bit RGBA. Throws if the pixels cannot be read.
std::vector<Raster> frames_of(const Picture& picture);
/// The same with times and plays, if it is an animation.
Movie movie_of(const Picture& picture);

}  // namespace imgmill::test
