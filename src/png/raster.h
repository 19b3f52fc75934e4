// Pixels as PNG stores them: packed rows of samples, a palette, a transparent colour.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace imgmill::png {

/// The values are those of IHDR (W3C PNG, third edition, 11.2.1).
enum class Colour : std::uint8_t { grey = 0, rgb = 2, palette = 3, grey_alpha = 4, rgb_alpha = 6 };

/// True if the standard allows this combination of colour type and bit depth (11.2.1, table 12).
[[nodiscard]] constexpr bool is_allowed(int colour_type, int bits) {
  switch (colour_type) {
    case 0:
      return bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
    case 3:
      return bits == 1 || bits == 2 || bits == 4 || bits == 8;
    case 2:
    case 4:
    case 6:
      return bits == 8 || bits == 16;
    default:
      return false;
  }
}

[[nodiscard]] constexpr int channels(Colour colour) {
  switch (colour) {
    case Colour::rgb:
      return 3;
    case Colour::grey_alpha:
      return 2;
    case Colour::rgb_alpha:
      return 4;
    case Colour::grey:
    case Colour::palette:
      break;
  }
  return 1;
}

[[nodiscard]] constexpr bool has_alpha(Colour colour) {
  return colour == Colour::grey_alpha || colour == Colour::rgb_alpha;
}

[[nodiscard]] constexpr bool is_grey(Colour colour) {
  return colour == Colour::grey || colour == Colour::grey_alpha;
}

/// One entry of a palette: red, green, blue, alpha.
using Entry = std::array<std::uint8_t, 4>;

/// A colour at the bit depth of its raster; for grey, all three are equal.
using Triple = std::array<std::uint16_t, 3>;

/// A whole picture. Rows are contiguous and start at a byte boundary. Samples are packed from the
/// highest bit down; 16-bit samples are big-endian.
struct Raster {
  std::uint32_t width = 0;  ///< pixels, at least 1
  std::uint32_t height = 0;
  Colour colour = Colour::rgb;
  int bits = 8;  ///< per sample: 1, 2, 4, 8 or 16, as far as `colour` allows
  std::vector<std::uint8_t> rows;
  std::vector<Entry> palette;  ///< 1 to 256 entries for Colour::palette, else empty
  /// The one transparent colour; for grey and rgb only.
  std::optional<Triple> key;
  /// Background colour (bKGD). It belongs to the raster because every form of the pixels must be
  /// able to hold this colour as well.
  std::optional<Triple> background;

  [[nodiscard]] std::size_t pixel_bits() const {
    return static_cast<std::size_t>(bits) * static_cast<std::size_t>(channels(colour));
  }
  /// Bytes per row.
  [[nodiscard]] std::size_t stride() const { return (width * pixel_bits() + 7) / 8; }
  /// Bytes per pixel as the filters count them, at least 1.
  [[nodiscard]] std::size_t step() const { return (pixel_bits() + 7) / 8; }
  [[nodiscard]] std::uint64_t pixels() const { return std::uint64_t{width} * height; }
};

}  // namespace imgmill::png
