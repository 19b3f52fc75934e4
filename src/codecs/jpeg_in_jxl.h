// A whole JPEG as JPEG XL, and back.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"

namespace imgmill {

/// `jpeg` packed as JPEG XL (ISO/IEC 18181-2, "jbrd"), some fifth smaller: the same
/// coefficients, and all that is needed to write the same file again. What comes back has
/// been reconstructed and compared, byte for byte. Errors: unsupported (libjxl does not pack this
/// kind: CMYK, arithmetic coding, ...; or it would not come back the same). Thread-safe.
[[nodiscard]] Result<Buffer> pack_jpeg(ByteView jpeg, Effort effort);

/// The JPEG that was packed, bit for bit; at most `most_bytes`. Errors: unsupported (the file
/// holds none), bad_input (damaged), limit. Thread-safe.
[[nodiscard]] Result<Buffer> unpack_jpeg(ByteView jxl, std::uint64_t most_bytes);

}  // namespace imgmill
