// Reads PNG chunks without decoding pixels, and checks their integrity.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

/// Colour code points of ITU-T H.273.
struct PngCodePoints {
  int primaries = 2;
  int transfer = 2;
  bool full_range_rgb = true;  ///< false: samples that no decoder here expands
};

/// Data of IHDR and the chunks before the first IDAT (PNG, third edition).
struct PngHeader {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int bits = 8;  ///< per sample or palette index: 1, 2, 4, 8, 16
  bool colour = true;
  bool palette = false;
  bool alpha = false;  ///< an alpha channel, or a tRNS chunk
  bool interlaced = false;
  bool animated = false;        ///< an APNG, even with one frame
  std::uint32_t frames = 1;     ///< of an APNG
  std::uint32_t plays = 0;      ///< of an APNG; 0: forever
  bool still_apart = false;     ///< the still picture is not one of an APNG's frames
  std::optional<double> gamma;  ///< gAMA, unless overridden by iCCP, sRGB or cICP
  /// cHRM, under the same condition: x and y of white, red, green and blue.
  std::optional<std::array<double, 8>> chromaticities;
  std::optional<PngCodePoints> cicp;  ///< cICP, which overrides all others
};

/// Errors: bad_input. Thread-safe; reads nothing beyond `input`.
[[nodiscard]] Result<PngHeader> read_png_header(ByteView input);

/// Checks all chunks and their checksums. Returns an empty string if all are valid.
[[nodiscard]] std::string diagnose_png(ByteView input);

}  // namespace imgmill
