// A smaller file of the same format, with the same picture at the same size.
#pragma once

#include "imgmill/optimize.h"
#include "optimize/source.h"

namespace imgmill {

/// The smallest of: the input's bytes, those without what the metadata policy takes
/// away, the same pixels packed better, and the picture encoded anew. Never
/// bigger than the input. Errors: bad_input, limit, unsupported.
[[nodiscard]] Result<Optimized> same_format(const Source& source, const ImageSettings& settings);

}  // namespace imgmill
