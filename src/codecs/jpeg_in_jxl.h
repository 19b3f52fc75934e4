// Lossless JPEG recompression to JPEG XL, and back.
#pragma once

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"

namespace imgmill {

/// Packs `jpeg` as JPEG XL (ISO/IEC 18181-2, "jbrd"), about a fifth smaller: the same coefficients,
/// and everything needed to reconstruct the file. The reconstruction has been compared with the
/// input byte for byte. Errors: unsupported (libjxl does not pack this kind: CMYK, arithmetic
/// coding, ...; or the reconstruction would differ). Thread-safe.
[[nodiscard]] Result<Buffer> pack_jpeg(ByteView jpeg, Effort effort);

/// Reconstructs the packed JPEG bit for bit; at most `most_bytes`. Errors: unsupported (the file
/// holds none), bad_input (damaged), limit. Thread-safe.
[[nodiscard]] Result<Buffer> unpack_jpeg(ByteView jxl, std::uint64_t most_bytes);

}  // namespace imgmill
