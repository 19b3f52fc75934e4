// Chroma subsampling in the DCT domain.
#pragma once

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// `source` with half as many samples horizontally (if `across`) and vertically (if `down`): each
/// new sample is the mean of those it replaces. The caller must set the sampling factors. Throws
/// std::bad_alloc.
[[nodiscard]] Plane halved(const Plane& source, bool across, bool down);

/// The share of blocks, 0..1, in which subsampling would remove a visible edge: a coefficient in
/// the upper half of the frequencies that is at least five of `steps`. Noise reaches one or two.
[[nodiscard]] double share_with_detail(const Plane& plane, const Steps& steps, bool across,
                                       bool down);

}  // namespace imgmill::jpeg
