// Placeholders with memory admission.
#pragma once

#include "imgmill/placeholder.h"
#include "optimize/admission.h"

namespace imgmill {

/// As placeholder_of(), for callers that account for memory. Errors: also those of `admission`.
[[nodiscard]] Result<Placeholder> placeholder_admitted(ByteView input, const Limits& limits,
                                                       const Admission& admission);

}  // namespace imgmill
