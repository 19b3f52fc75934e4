// ThumbHash and BlurHash: a picture's lowest frequencies in a few bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "placeholder/small_picture.h"

namespace imgmill {

/// The ThumbHash of a picture with 1 to 100 pixels per side: 5 to 25 bytes with the aspect ratio,
/// the average colour, and low frequencies of luminance, two chroma axes and alpha.
/// Source: Evan Wallace, "ThumbHash", 2023, https://evanw.github.io/thumbhash/. Thread-safe.
[[nodiscard]] std::vector<std::uint8_t> thumb_hash(const SmallPicture& picture);

/// The BlurHash of a picture on white, with 4 components along its longer side and 3 along the
/// other. Source: Dag Agren (Wolt), "BlurHash algorithm", https://github.com/woltapp/blurhash.
/// Thread-safe.
[[nodiscard]] std::string blur_hash(const SmallPicture& picture);

}  // namespace imgmill
