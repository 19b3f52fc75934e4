// JPEG to JPEG of the same size: requantises the coefficients without decoding to pixels.
#pragma once

#include "optimize/candidates/render.h"
#include "optimize/source/source.h"

namespace imgmill {

/// True if `request` asks only for a smaller JPEG of a JPEG, with no change of colours.
[[nodiscard]] bool may_requantise(const Source& source, const RenderRequest& request);

/// `base`, the source's bytes with the metadata to keep, requantised according to the request's
/// encoder settings or aim. Pixels are not rotated. Errors: as render() and seek().
[[nodiscard]] Result<Rendered> requantised(const Source& source, ByteView base,
                                           const RenderRequest& request);

}  // namespace imgmill
