// Decodes the bytes of IDAT chunks to packed rows.
#pragma once

#include <span>
#include <string_view>

#include "base/try.h"
#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "png/raster.h"

namespace imgmill::png {

/// Returns the error for a damaged PNG; `what` is wrong with it.
[[nodiscard]] std::unexpected<Error> damaged(std::string_view what);

/// Reverses compression, filters and interlacing. `data` is a zlib stream in one or more parts. The
/// size, colour and palette of `raster` are input; its rows are filled. Allocates a small multiple
/// of the size of the rows. Thread-safe. Errors: bad_input.
[[nodiscard]] Result<void> unpack(std::span<const ByteView> data, bool interlaced, Raster& raster);

}  // namespace imgmill::png
