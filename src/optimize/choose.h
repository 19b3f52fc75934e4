// Chooses the processing path of an image: within its format, or converted; or the smallest format.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"
#include "transform/geometry.h"

namespace imgmill {

/// `source` as `target`, with `extent` pixels per frame, by the least destructive path. Errors: as
/// `same_format` and `converted`, which also defines `to_beat`.
[[nodiscard]] Result<Optimized> in_format(const Source& source, Format target, Extent extent,
                                          const ImageSettings& settings,
                                          std::optional<std::uint64_t> to_beat = std::nullopt);

/// The smallest file that reaches the settings' target (Target::high if there is none, and nothing
/// else decides) in one of the formats they allow, and the results of the others. Formats that
/// cannot hold the picture, or never pay off for this kind of picture, are not tried; each of the
/// others must beat those before it and is abandoned when it cannot. Errors: unsupported: none of
/// the allowed formats can hold the picture as requested; otherwise as `converted`.
[[nodiscard]] Result<Optimized> smallest_format(const Source& source, Extent extent,
                                                const ImageSettings& settings);

}  // namespace imgmill
