// How many bytes coded TIFF data comes to, without unpacking it.
#pragma once

#include <cstdint>
#include <optional>

#include "imgmill/buffer.h"

namespace imgmill::tiff {

/// What `piece` comes to when it is unpacked to its end. Nothing where it breaks off, makes no
/// sense, or goes on behind its end.

/// PackBits (TIFF 6.0, section 9).
[[nodiscard]] std::optional<std::uint64_t> unpacked_by_packbits(ByteView piece);

/// LZW, most significant bit first (TIFF 6.0, section 13). Data that ends without the code for
/// that is whole when no code is cut off.
[[nodiscard]] std::optional<std::uint64_t> unpacked_by_lzw(ByteView piece);

/// A zlib stream (RFC 1950), whose checksum is right.
[[nodiscard]] std::optional<std::uint64_t> unpacked_by_deflate(ByteView piece);

}  // namespace imgmill::tiff
