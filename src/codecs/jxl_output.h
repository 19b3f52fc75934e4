// Collects the output of a libjxl encoder.
#pragma once

#include <jxl/encode.h>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

/// Runs `encoder`, whose input has been closed, to completion. Errors: unsupported (it refused its
/// input).
[[nodiscard]] Result<Buffer> jxl_output(JxlEncoder* encoder);

}  // namespace imgmill
