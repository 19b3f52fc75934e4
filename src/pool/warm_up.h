// A first image for the codecs, so that the first one of a user costs what the
// thousandth costs.
#pragma once

#include <functional>

#include "compare/admission.h"
#include "optimize/admission.h"

namespace imgmill {

/// The work of a worker, and what `optimize_admitted` is.
using Optimize = std::function<Result<Optimized>(ByteView, const ImageSettings&, const Limits&,
                                                 const Admission&)>;

/// The other work of a worker, and what `compare_admitted` is.
using Compare = std::function<Result<Comparison>(ByteView, ByteView, const CompareOptions&,
                                                 const Limits&, const Admission&)>;

/// What a worker can do.
struct Crafts {
  Optimize optimize;
  Compare compare;
};

/// Encodes a small picture in every format and decodes what came out.
/// Errors: those of `optimize`, which mean that something is wrong with this machine.
[[nodiscard]] Result<void> warm_up(const Optimize& optimize);

}  // namespace imgmill
