// Writes VP8 key frames to WebP files.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "webp/coder.h"

namespace imgmill::webp {

/// Returns the output of a finished coder as a simple WebP file (RFC 9649, section 2.5). Errors:
/// unsupported (the modes do not fit into the first partition, whose size has 19 bits: RFC 6386,
/// section 9.1; or the file would be too large).
[[nodiscard]] Result<Buffer> write_webp(const Coder& coder);

}  // namespace imgmill::webp
