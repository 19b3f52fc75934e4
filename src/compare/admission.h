// Comparison with memory admission.
#pragma once

#include "imgmill/compare.h"
#include "optimize/admission.h"

namespace imgmill {

/// As compare(), for callers that account for memory. Errors: also those of `admission`.
[[nodiscard]] Result<Comparison> compare_admitted(ByteView original, ByteView other,
                                                  const CompareOptions& options,
                                                  const Limits& limits, const Admission& admission);

}  // namespace imgmill
