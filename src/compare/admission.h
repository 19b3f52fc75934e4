// A comparison that asks for its memory before it takes it.
#pragma once

#include "imgmill/compare.h"
#include "optimize/admission.h"

namespace imgmill {

/// As compare(), for those who count memory. Errors: also those of `admission`.
[[nodiscard]] Result<Comparison> compare_admitted(ByteView original, ByteView other,
                                                  const CompareOptions& options,
                                                  const Limits& limits, const Admission& admission);

}  // namespace imgmill
