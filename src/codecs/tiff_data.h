// Whether all pieces of a TIFF's pixels are there and whole.
#pragma once

#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

/// What is wrong with the strips and tiles of a classic TIFF's pages, for people; empty: nothing
/// that could be told. The engine leaves tiles black that it cannot decode, and no TIFF reader looks at
/// the checksum behind deflated data (RFC 1950), so each piece is looked for in the file, and what
/// is deflated is inflated to its end. Nothing is kept of that; takes no more time than the file's
/// own decoding. Thread-safe.
[[nodiscard]] std::string tiff_damage(ByteView file);

}  // namespace imgmill
