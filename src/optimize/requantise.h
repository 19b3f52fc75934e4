// JPEG to JPEG of the same size: coefficients are made coarser, pixels are never made.
#pragma once

#include "optimize/render.h"
#include "optimize/source.h"

namespace imgmill {

/// Whether `request` asks of a JPEG for nothing but a smaller one: no other colours.
[[nodiscard]] bool may_requantise(const Source& source, const RenderRequest& request);

/// `base`, the source's bytes with whatever metadata is to stay, with coarser coefficients; as the
/// request's encoder settings or its aim want it. Pixels stay as they lie in the file.
/// Errors: as render() and seek().
[[nodiscard]] Result<Rendered> requantised(const Source& source, ByteView base,
                                           const RenderRequest& request);

}  // namespace imgmill
