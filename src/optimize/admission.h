// Memory admission: memory is requested before it is used.
#pragma once

#include <cstdint>
#include <functional>

#include "imgmill/optimize.h"

namespace imgmill {

/// Called once an image's header has been parsed and before any of its pixels are decoded, with the
/// memory the work will use in addition to the program and the input, in bytes (see memory_need.h).
/// May block. An error ends the work and becomes its result.
using Admission = std::function<Result<void>(std::uint64_t bytes)>;

/// The same as optimize(), for callers that account for memory. Errors: also those of `admission`.
[[nodiscard]] Result<Optimized> optimize_admitted(ByteView input, const ImageSettings& settings,
                                                  const Limits& limits, const Admission& admission);

}  // namespace imgmill
