// Converts to another format, size or colour space.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/plan/plan.h"
#include "optimize/source/source.h"

namespace imgmill {

/// Encodes `source` according to `plan`. Fails if that would lose something the user did not give
/// up: frames, pages, colours, and with `--lossless` anything at all. Gives up (unsupported) if a
/// search finds that the result would be no smaller than `to_beat` bytes. Errors: bad_input, limit,
/// unsupported.
[[nodiscard]] Result<Optimized> converted(const Source& source, const FormatPlan& plan,
                                          std::optional<std::uint64_t> to_beat);

}  // namespace imgmill
