// Which way an image goes: kept within its format, or converted; or whichever format is
// smallest.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"

namespace imgmill {

/// `source` as `target`, `extent` pixels a frame, the gentlest way there is. Errors as
/// `same_format` and `converted`, which also says what `to_beat` is.
[[nodiscard]] Result<Optimized> in_format(const Source& source, Format target, Extent extent,
                                          const ImageSettings& settings,
                                          std::optional<std::uint64_t> to_beat = std::nullopt);

/// The smallest file that reaches the settings' target (Target::high when there is none,
/// and nothing else decides) in one of the formats they allow, and what the others came to.
/// Formats that cannot hold the picture, or never pay for one like it, are not tried; of
/// the rest, each has to beat those before it and is given up when it cannot.
/// Errors: unsupported: none of the allowed formats can hold the picture as it was asked;
/// otherwise as `converted`.
[[nodiscard]] Result<Optimized> smallest_format(const Source& source, Extent extent,
                                                const ImageSettings& settings);

}  // namespace imgmill
