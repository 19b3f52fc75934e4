// Produces a smaller file of the same format, with the same picture at the same size.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/plan/plan.h"
#include "optimize/source/source.h"

namespace imgmill {

/// The smallest of: the input's bytes, those without what the metadata policy removes, the same
/// pixels compressed better, and the picture re-encoded, as far as `plan` allows. Never bigger than
/// the input. Errors: bad_input, limit, unsupported.
[[nodiscard]] Result<Optimized> same_format(const Source& source, const FormatPlan& plan);

}  // namespace imgmill
