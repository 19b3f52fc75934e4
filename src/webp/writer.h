// VP8 key frames in WebP files.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "webp/coder.h"

namespace imgmill::webp {

/// What a finished coder holds, as a simple WebP file (RFC 9649, section 2.5). Errors:
/// unsupported when the modes do not fit into the first partition (19 bits for its size: RFC 6386,
/// section 9.1), or all of it not into a file.
[[nodiscard]] Result<Buffer> write_webp(const Coder& coder);

}  // namespace imgmill::webp
