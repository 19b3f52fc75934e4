// Lossless JPEG to JPEG XL: the JPEG is packed whole, and can be restored.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/plan.h"
#include "optimize/source.h"

namespace imgmill {

/// True if `source`, written according to `plan`, can be packed as the JPEG it is.
[[nodiscard]] bool may_stay_jpeg(const Source& source, const FormatPlan& plan);

/// Packs `source`, without the metadata that must not stay, as JPEG XL, and verifies that the JPEG
/// can be restored from it. Errors: unsupported (a kind that libjxl does not pack), bad_input.
[[nodiscard]] Result<Optimized> packed_jpeg(const Source& source, const FormatPlan& plan);

}  // namespace imgmill
