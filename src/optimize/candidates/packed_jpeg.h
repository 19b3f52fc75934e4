// Lossless JPEG to JPEG XL: the JPEG is packed whole, and can be restored.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/plan/plan.h"
#include "optimize/source/source.h"

namespace imgmill {

/// Packs `source`, without the metadata that must not stay, as JPEG XL, and verifies that the JPEG
/// can be restored from it. Errors: unsupported (a kind that libjxl does not pack), bad_input.
[[nodiscard]] Result<Optimized> packed_jpeg(const Source& source, const FormatPlan& plan);

}  // namespace imgmill
