// A first image for the codecs, so that the first one of a user costs what the
// thousandth costs.
#pragma once

#include <functional>

#include "imgmill/optimize.h"

namespace imgmill {

/// The work of a worker, and what `optimize` is.
using Optimize = std::function<Result<Optimized>(ByteView, const ImageSettings&, const Limits&)>;

/// Encodes a small picture in every format and decodes what came out.
/// Errors: those of `optimize`, which mean that something is wrong with this machine.
[[nodiscard]] Result<void> warm_up(const Optimize& optimize);

}  // namespace imgmill
