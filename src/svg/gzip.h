// SVG files as web servers keep them: gzip around the text (RFC 1952, ".svgz").
#pragma once

#include <cstddef>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill::svg {

/// Whether a file that begins like this is gzip. What is inside only unpacking tells, which is
/// left to whoever may do so with bytes of unknown origin.
[[nodiscard]] bool looks_like_gzip(ByteView start);

/// What is inside of `file`. The size is watched while it grows: no more than `at_most` bytes are
/// ever made, whatever `file` says of itself. Errors: bad_input: damaged, cut off, or followed by
/// something else; limit. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] Result<Buffer> gunzip(ByteView file, std::size_t at_most);

/// `text` in the fewest bytes that libdeflate knows how to (level 12), without a name or a time.
/// The same bytes for the same text. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] Buffer gzipped(ByteView text);

}  // namespace imgmill::svg
