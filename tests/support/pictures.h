// Decoded pictures of libvips's as the tests see them.
#pragma once

#include <vector>

#include "codecs/picture.h"
#include "support/raster.h"

namespace imgmill::test {

/// All frames in 8 bits of red, green, blue and alpha. Throws what reading the pixels brings up.
std::vector<Raster> frames_of(const Picture& picture);
/// The same with times and plays, where it is an animation.
Movie movie_of(const Picture& picture);

}  // namespace imgmill::test
