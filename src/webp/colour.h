// Converts RGB to the planes that VP8 encodes.
#pragma once

#include "webp/picture.h"

namespace imgmill::webp {

/// Integer arithmetic, identical on every machine. Throws std::bad_alloc.
[[nodiscard]] Planes to_planes(const Samples& samples);

}  // namespace imgmill::webp
