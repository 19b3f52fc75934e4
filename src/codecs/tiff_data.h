// Checks that all pieces of a TIFF's pixel data are present and intact.
#pragma once

#include <string>

#include "imgmill/buffer.h"

namespace imgmill {

/// Returns what is wrong with the strips and tiles of a TIFF's pages, as a message; empty if no
/// damage can be detected. The engine leaves tiles black that it cannot decode, and no TIFF reader
/// verifies the checksum of deflated data (RFC 1950). So each piece is located in the file and
/// unpacked to check that its size matches its rows (LZW, PackBits, deflate) or that it is valid
/// (JPEG). In uncompressed samples, literal PackBits runs and fax codes only missing data can be
/// detected. Keeps nothing; takes no more time than decoding. Thread-safe.
[[nodiscard]] std::string tiff_damage(ByteView file);

}  // namespace imgmill
