// Computes the unpacked size of compressed TIFF data without storing the output.
#pragma once

#include <cstdint>
#include <optional>

#include "imgmill/buffer.h"

namespace imgmill::tiff {

/// Returns the size of `piece` unpacked to its end; none if it is truncated or invalid, or if data
/// follows its end.

/// PackBits (TIFF 6.0, section 9).
[[nodiscard]] std::optional<std::uint64_t> unpacked_by_packbits(ByteView piece);

/// LZW, most significant bit first (TIFF 6.0, section 13). Data without an end code is valid if no
/// code is cut off.
[[nodiscard]] std::optional<std::uint64_t> unpacked_by_lzw(ByteView piece);

/// A zlib stream (RFC 1950) with a correct checksum.
[[nodiscard]] std::optional<std::uint64_t> unpacked_by_deflate(ByteView piece);

}  // namespace imgmill::tiff
