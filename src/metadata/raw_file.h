// Camera raw files, which no decoder here develops, told by their content.
#pragma once

#include <optional>
#include <string_view>

#include "imgmill/buffer.h"

namespace imgmill {

/// What a raw file of a camera is called ("Nikon raw file (NEF)"), or nothing when `file` is none.
///
/// Most of them are TIFF files whose first directory is a thumbnail: a TIFF reader shows that and
/// calls it the picture. They are told by what only sensors write: colour filter arrays, linear raw
/// pixels, DNG's version tag and the makers' own compressions, in any directory (TIFF/EP, ISO
/// 12234-2; Adobe, "Digital Negative Specification" 1.7; the makers' magic numbers after
/// ExifTool's documentation). The name of the file is not looked at. Never reads outside `file`;
/// of a file that is cut off, what is there. Thread-safe.
[[nodiscard]] std::optional<std::string_view> camera_raw(ByteView file);

/// The same by the first bytes alone: makers' magic numbers. Thread-safe.
[[nodiscard]] std::optional<std::string_view> camera_raw_by_start(ByteView start);

}  // namespace imgmill
