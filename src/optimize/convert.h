// Converts to another format, size or colour space.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"
#include "transform/geometry.h"

namespace imgmill {

/// `source` as `target`, with `extent` pixels per frame (upright). Fails if that would lose
/// something the user did not give up: frames, pages, colours, and with `--lossless` anything at
/// all. Gives up (unsupported) if a search finds that the result would be no smaller than `to_beat`
/// bytes. Errors: bad_input, limit, unsupported.
[[nodiscard]] Result<Optimized> converted(const Source& source, Format target, Extent extent,
                                          const ImageSettings& settings,
                                          std::optional<std::uint64_t> to_beat = std::nullopt);

}  // namespace imgmill
