// Recognizes camera raw files, which no decoder here supports, by content.
#pragma once

#include <optional>
#include <string_view>

#include "imgmill/buffer.h"

namespace imgmill {

/// Returns the name of a camera raw format ("Nikon raw file (NEF)"), or none if `file` is not one.
///
/// Most of them are TIFF files whose first directory is a thumbnail, which a TIFF reader takes for
/// the picture. They are recognized by data specific to sensors: colour filter arrays, linear raw
/// pixels, DNG's version tag and the makers' own compressions, in any directory (TIFF/EP, ISO
/// 12234-2; Adobe, "Digital Negative Specification" 1.7; the makers' magic numbers from ExifTool's
/// documentation). The file name plays no role. Never reads outside `file`; of a truncated file,
/// uses what is there. Thread-safe.
[[nodiscard]] std::optional<std::string_view> camera_raw(ByteView file);

/// The same from the first bytes alone: makers' magic numbers. Thread-safe.
[[nodiscard]] std::optional<std::string_view> camera_raw_by_start(ByteView start);

}  // namespace imgmill
