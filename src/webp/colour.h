// RGB into the planes that VP8 codes.
#pragma once

#include "webp/picture.h"

namespace imgmill::webp {

/// In whole numbers, the same on every machine. Throws std::bad_alloc.
[[nodiscard]] Planes to_planes(const Samples& samples);

}  // namespace imgmill::webp
