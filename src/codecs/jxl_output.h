// What a libjxl encoder has to say, collected.
#pragma once

#include <jxl/encode.h>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

/// Runs `encoder`, whose input has been closed, to its end. Errors: unsupported (it
/// refused what it was given).
[[nodiscard]] Result<Buffer> jxl_output(JxlEncoder* encoder);

}  // namespace imgmill
