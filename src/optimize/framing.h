// Crops that depend on what a picture shows.
#pragma once

#include "optimize/plan.h"
#include "optimize/source.h"

namespace imgmill {

/// True if the pixels decide what is cut off: borders are trimmed, or the most important part is
/// looked for.
[[nodiscard]] bool crops_by_pixels(const ImageSettings& settings);

/// resolve(), after a look at the pixels. Errors: also bad_input (they cannot be decoded).
[[nodiscard]] Result<EncodePlan> resolve_by_pixels(const Source& source, ImageSettings settings);

}  // namespace imgmill
