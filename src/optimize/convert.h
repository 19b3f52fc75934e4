// Another format, another size, other colours.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"

namespace imgmill {

/// `source` as `target`, `extent` pixels a frame (upright), or the reason why
/// that would lose what nobody gave up: frames, pages, colours, and with
/// `--lossless` anything at all. Errors: bad_input, limit, unsupported.
[[nodiscard]] Result<Optimized> converted(const Source& source, Format target, Extent extent,
                                          const ImageSettings& settings);

}  // namespace imgmill
