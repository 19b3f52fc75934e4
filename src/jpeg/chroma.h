// Chroma at a lower resolution, without leaving the DCT domain.
#pragma once

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// `source` with a half as many samples across (where `across`) and down (where
/// `down`): each new sample is the mean of those it stands for. Its sampling factors are
/// the caller's to set. Throws std::bad_alloc.
[[nodiscard]] Plane halved(const Plane& source, bool across, bool down);

/// The share of blocks, 0..1, in which halving would take away an edge that is seen: a
/// coefficient above half of the frequencies of at least five of `steps`. Noise has one or two.
[[nodiscard]] double share_with_detail(const Plane& plane, const Steps& steps, bool across,
                                       bool down);

}  // namespace imgmill::jpeg
