// gzip-compressed SVG files (RFC 1952, ".svgz").
#pragma once

#include <cstddef>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill::svg {

/// True if a file that begins like this is gzip. Only unpacking reveals the contents, which is left
/// to code that may unpack untrusted bytes.
[[nodiscard]] bool looks_like_gzip(ByteView start);

/// Decompresses `file`. The size is checked as it grows: at most `at_most` bytes are ever produced,
/// whatever `file` claims. Errors: bad_input (damaged, truncated, or followed by other data);
/// limit. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] Result<Buffer> gunzip(ByteView file, std::size_t at_most);

/// Compresses `text` at libdeflate's highest level (12), without a name or a time. Deterministic.
/// Thread-safe. Throws std::bad_alloc.
[[nodiscard]] Buffer gzipped(ByteView text);

}  // namespace imgmill::svg
