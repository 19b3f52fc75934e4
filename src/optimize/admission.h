// Memory is asked for before it is taken.
#pragma once

#include <cstdint>
#include <functional>

#include "imgmill/optimize.h"

namespace imgmill {

/// Called once an image's header is understood and before any of its pixels is decoded, with what
/// the work will take beside the program and the input, bytes (see memory_need.h). May wait. An
/// error ends the work, and is what comes of it.
using Admission = std::function<Result<void>(std::uint64_t bytes)>;

/// As optimize(), for those who count memory. Errors: also those of `admission`.
[[nodiscard]] Result<Optimized> optimize_admitted(ByteView input, const ImageSettings& settings,
                                                  const Limits& limits, const Admission& admission);

}  // namespace imgmill
