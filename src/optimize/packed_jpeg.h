// JPEG to JPEG XL without a loss: the JPEG is packed whole, and can be restored.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"

namespace imgmill {

/// Whether `source`, written as `target` with `extent` pixels, may stay the JPEG that it is.
[[nodiscard]] bool may_stay_jpeg(const Source& source, Format target, Extent extent,
                                 const ImageSettings& settings);

/// `source`, less the metadata that must not stay, packed as JPEG XL; restoring that JPEG from
/// it has been tried. Errors: unsupported (a kind that libjxl does not pack), bad_input.
[[nodiscard]] Result<Optimized> packed_jpeg(const Source& source, const ImageSettings& settings);

}  // namespace imgmill
