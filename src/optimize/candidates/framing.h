// Crops that depend on what a picture shows.
#pragma once

#include "optimize/plan/plan.h"
#include "optimize/source/source.h"

namespace imgmill {

/// True if the crop depends on the pixels: borders are trimmed, or the most important part is
/// searched for.
[[nodiscard]] bool crops_by_pixels(const ImageSettings& settings);

/// Like resolve(), for crops that depend on the pixels. Errors: also bad_input (the pixels cannot
/// be decoded).
[[nodiscard]] Result<EncodePlan> resolve_by_pixels(const Source& source, ImageSettings settings);

}  // namespace imgmill
