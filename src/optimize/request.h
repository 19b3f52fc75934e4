// Translates settings into a render request.
#pragma once

#include "imgmill/settings.h"
#include "optimize/render.h"
#include "optimize/source.h"

namespace imgmill {

/// True if `target` is to be written losslessly: because it was requested, or because the source is
/// lossless and the settings do not say otherwise.
[[nodiscard]] bool wants_lossless(const Source& source, Format target,
                                  const ImageSettings& settings);

/// The criterion that determines the quality of `target`, if it is not a given number. Leaves space
/// for `metadata`, which is added afterwards.
[[nodiscard]] std::optional<Aim> aim_for(Format target, const ImageSettings& settings,
                                         const NewMetadata& metadata);

/// A request with everything that does not depend on the processing path: colours, background,
/// quality (limited to the input's own quality), effort.
[[nodiscard]] RenderRequest request_for(const Source& source, Format target,
                                        const ImageSettings& settings);

}  // namespace imgmill
