// Whether all pieces of a TIFF's pixels are there and whole.
#pragma once

#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

/// What is wrong with the strips and tiles of a TIFF's pages, for people; empty: nothing that could
/// be told. The engine leaves tiles black that it cannot decode, and no TIFF reader looks at
/// the checksum behind deflated data (RFC 1950). So each piece is looked for in the file, and
/// unpacked to see that it comes to as many bytes as its rows have (LZW, PackBits, deflate) or that
/// nothing is wrong with it (JPEG). Of samples as they are, of what PackBits took over as it was
/// and of fax codes only what is missing can be told. Nothing is kept; takes
/// no more time than the file's own decoding. Thread-safe.
[[nodiscard]] std::string tiff_damage(ByteView file);

}  // namespace imgmill
