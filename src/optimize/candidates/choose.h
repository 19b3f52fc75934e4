// Chooses the format of an image.
#pragma once

#include <optional>
#include <vector>

#include "imgmill/optimize.h"
#include "optimize/plan/plan.h"
#include "optimize/source/source.h"

namespace imgmill {

/// Encodes `source` according to `plan`, by the least destructive path. Errors: as same_format()
/// and converted(), which also defines `to_beat`.
[[nodiscard]] Result<Optimized> in_format(const Source& source, const FormatPlan& plan,
                                          std::optional<std::uint64_t> to_beat = std::nullopt);

/// The smallest file in one of the formats of `plans`, and the results of the others. Formats that
/// cannot hold the picture, or never pay off for this kind of picture, are not tried; each of the
/// others must beat those before it and is abandoned when it cannot. Errors: unsupported: none of
/// the formats can hold the picture as requested; otherwise as in_format().
[[nodiscard]] Result<Optimized> smallest_format(const Source& source,
                                                const std::vector<FormatPlan>& plans);

}  // namespace imgmill
