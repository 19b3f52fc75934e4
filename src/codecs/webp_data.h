// Whether all of a WebP's coded data is what its pictures were coded as.
#pragma once

#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

/// What is wrong with the data of a WebP's pictures, for people; empty: nothing that could be told.
///
/// Neither VP8 nor VP8L has a checksum, and libwebp takes any bits for a picture. But a decoder
/// that was led astray does not arrive where the data ends: too late is an error of libwebp's, too
/// early is found here, by decoding once more without the last bytes, which has to fail (RFC 9649;
/// RFC 6386, 7.3). Thread-safe.
[[nodiscard]] std::string webp_damage(ByteView file);

}  // namespace imgmill
