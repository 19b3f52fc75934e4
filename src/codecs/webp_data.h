// Detects damage in a WebP's coded data.
#pragma once

#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

/// Returns what is wrong with the data of a WebP's pictures, as a message; empty if no damage can
/// be detected.
///
/// Neither VP8 nor VP8L has a checksum, and libwebp decodes any bits to a picture. But a decoder
/// misled by damage does not finish where the data ends. If it needs more, libwebp reports an
/// error. If it needs less, this detects it by decoding again without the last bytes, which has to
/// fail (RFC 9649; RFC 6386, 7.3). Thread-safe.
[[nodiscard]] std::string webp_damage(ByteView file);

}  // namespace imgmill
