// Warms up the codecs, so that a user's first image takes no longer than the thousandth.
#pragma once

#include <functional>

#include "compare/admission.h"
#include "optimize/admission.h"
#include "placeholder/admission.h"

namespace imgmill {

/// The worker's function for processing an image, such as `optimize_admitted`.
using Optimize = std::function<Result<Optimized>(ByteView, const ImageSettings&, const Limits&,
                                                 const Admission&)>;

/// The worker's function for comparing images, such as `compare_admitted`.
using Compare = std::function<Result<Comparison>(ByteView, ByteView, const CompareOptions&,
                                                 const Limits&, const Admission&)>;

/// The worker's function for placeholders, such as `placeholder_admitted`.
using Sketch = std::function<Result<Placeholder>(ByteView, const Limits&, const Admission&)>;

/// The functions of a worker.
struct WorkerTasks {
  Optimize optimize;
  Compare compare;
  Sketch sketch;
};

/// Encodes a small picture in every format and decodes the result. Errors: those of `optimize`,
/// which indicate a problem with this machine.
[[nodiscard]] Result<void> warm_up(const Optimize& optimize);

}  // namespace imgmill
