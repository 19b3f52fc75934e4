// PNG without pixels: what the chunks say, and whether they are whole.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

/// Colours after ITU-T H.273.
struct PngCodePoints {
  int primaries = 2;
  int transfer = 2;
  bool full_range_rgb = true;  ///< false: samples that no decoder here unfolds
};

/// From IHDR and the chunks before the first IDAT (PNG, third edition).
struct PngHeader {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int bits = 8;  ///< a sample or palette index: 1, 2, 4, 8, 16
  bool colour = true;
  bool palette = false;
  bool alpha = false;  ///< an alpha channel, or a tRNS chunk
  bool interlaced = false;
  bool animated = false;        ///< an APNG, if only of one frame
  std::uint32_t frames = 1;     ///< of an APNG
  std::uint32_t plays = 0;      ///< of an APNG; 0: for ever
  bool still_apart = false;     ///< the still picture is not one of an APNG's frames
  std::optional<double> gamma;  ///< gAMA, when neither iCCP, sRGB nor cICP overrules it
  /// cHRM, under the same condition: x and y of white, red, green and blue.
  std::optional<std::array<double, 8>> chromaticities;
  std::optional<PngCodePoints> cicp;  ///< cICP, which overrules all others
};

/// Errors: bad_input. Thread-safe; reads nothing beyond `input`.
[[nodiscard]] Result<PngHeader> read_png_header(ByteView input);

/// Walks all chunks and checks their sums; an empty string: all are whole.
[[nodiscard]] std::string diagnose_png(ByteView input);

}  // namespace imgmill
