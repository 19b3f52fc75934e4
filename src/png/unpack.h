// From the bytes of IDAT chunks to packed rows.
#pragma once

#include <span>
#include <string_view>

#include "base/try.h"
#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "png/raster.h"

namespace imgmill::png {

/// The error that a damaged PNG is; `what` is wrong with it.
[[nodiscard]] std::unexpected<Error> damaged(std::string_view what);

/// Undoes compression, filters and interlacing. `data`, at least one part, is a zlib stream cut
/// into pieces; the raster has its size, colour and palette, and gets its rows. Thread-safe;
/// allocates a small multiple of what the rows take. Errors: bad_input.
[[nodiscard]] Result<void> unpack(std::span<const ByteView> data, bool interlaced, Raster& raster);

}  // namespace imgmill::png
