// What an image takes of memory while it is worked on, by its header.
#pragma once

#include <cstdint>

#include "imgmill/settings.h"
#include "optimize/source.h"
#include "transform/transform.h"

namespace imgmill {

/// Bytes that are taken at most at once to make `source` a picture of `extent` by `settings`,
/// beside the program, what it keeps of earlier images, and the input. An estimate, from what was
/// measured (`./run bench memory` prints both; MemoryNeed.* holds them together).
[[nodiscard]] std::uint64_t memory_need(const Source& source, Extent extent,
                                        const ImageSettings& settings);

/// The same for a comparison of two pictures of one size.
[[nodiscard]] std::uint64_t memory_need_of_comparison(const Source& original, const Source& other);

}  // namespace imgmill
