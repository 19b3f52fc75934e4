// Placeholders for a page to show while a picture loads: hashes, colours and a tiny picture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/export.h"
#include "imgmill/settings.h"

namespace imgmill {

/// A colour and how much of a picture it stands for.
struct PaletteEntry {
  Colour colour;     ///< sRGB
  double share = 0;  ///< 0..1, of the opaque pixels
};

struct Placeholder {
  /// The longest a `data_uri` gets, in characters.
  static constexpr std::size_t longest_data_uri = 300;

  std::uint32_t width = 0;  ///< of the upright picture, pixels
  std::uint32_t height = 0;
  std::string thumb_hash;  ///< ThumbHash in base64, 5 to 25 bytes before it; knows transparency
  std::string blur_hash;   ///< BlurHash, 4 x 3 components (3 x 4 if upright), in its base 83
  /// The colour of the largest share. None if every pixel is transparent.
  std::optional<Colour> dominant;
  /// Up to six colours that differ clearly, largest share first.
  std::vector<PaletteEntry> palette;
  /// `data:image/webp;base64,...`: the picture with 8 to 32 pixels on its longer side, at most
  /// `longest_data_uri` characters.
  std::string data_uri;
};

/// Makes the placeholders of `input`, a whole file of any format in `formats()`; of an animation,
/// of its first frame. Orientation and profile are applied, transparency is kept.
///
/// Errors: bad_input, limit, unsupported and internal. Thread-safe. Pure: uses no files and no
/// environment.
[[nodiscard]] IMGMILL_API Result<Placeholder> placeholder_of(ByteView input,
                                                             const Limits& limits = {});

}  // namespace imgmill
