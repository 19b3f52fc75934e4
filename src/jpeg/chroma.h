// Chroma at a lower resolution, without leaving the DCT domain.
#pragma once

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// `source` with a half as many samples across (where `across`) and down (where
/// `down`): each new sample is the mean of those it stands for. Its sampling factors are
/// the caller's to set. Throws std::bad_alloc.
[[nodiscard]] Plane halved(const Plane& source, bool across, bool down);

}  // namespace imgmill::jpeg
