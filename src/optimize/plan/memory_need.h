// Estimates the memory needed to process an image, from its header.
#pragma once

#include <cstdint>

#include "optimize/plan/plan.h"
#include "optimize/source/source.h"

namespace imgmill {

/// Peak memory in bytes for processing `source` according to `plan`, in addition to the program,
/// what it keeps of earlier images, and the input. An estimate based on measurements (`./run bench
/// memory` prints both; the MemoryNeed.* tests compare them).
[[nodiscard]] std::uint64_t memory_need(const Source& source, const EncodePlan& plan);

/// The same for a comparison of two pictures of one size.
[[nodiscard]] std::uint64_t memory_need_of_comparison(const Source& original, const Source& other);

}  // namespace imgmill
