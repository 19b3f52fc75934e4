// Lossless JPEG to JPEG XL: the JPEG is packed whole, and can be restored.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"
#include "transform/geometry.h"

namespace imgmill {

/// True if `source`, written as `target` with `extent` pixels, can be packed as the JPEG it is.
[[nodiscard]] bool may_stay_jpeg(const Source& source, Format target, Extent extent,
                                 const ImageSettings& settings);

/// `source`, without the metadata that must not stay, packed as JPEG XL. Restoring the JPEG from it
/// has been verified. Errors: unsupported (a kind that libjxl does not pack), bad_input.
[[nodiscard]] Result<Optimized> packed_jpeg(const Source& source, const ImageSettings& settings);

}  // namespace imgmill
