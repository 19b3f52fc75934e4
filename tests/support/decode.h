// What other decoders than libvips make of a file.
#pragma once

#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/format.h"
#include "support/make.h"
#include "support/raster.h"

namespace imgmill::test {

struct Decoded {
  Movie movie;   ///< pages too; animations as RGBA
  int bits = 8;  ///< a sample or palette index, as stored
  bool palette = false;
  int orientation = 1;                ///< of TIFF
  double gamma = 0;                   ///< of PNG's gAMA
  std::vector<std::uint16_t> extras;  ///< of TIFF's ExtraSamples
  Bytes icc;
  /// Of the first frame.
  [[nodiscard]] const Raster& picture() const { return movie.frames.front(); }
};

/// Through libjpeg-turbo, libpng, libwebp, libavif, giflib, libtiff, libjxl or libheif. PNG and
/// JPEG keep their channels (palettes become colours), the others come as RGB(A).
/// Throws std::runtime_error when the decoder finds anything wrong.
Decoded decode(ByteView file, Format format);
/// The same for a result, which says its format itself.
inline Decoded decode(const Bytes& file, Format format) { return decode(ByteView(file), format); }

/// All DCT coefficients and quantisation tables of a JPEG in one row, with its sampling
/// factors: equal for two files that show exactly the same.
std::vector<int> jpeg_coefficients(ByteView file);

/// Whether the bytes of `text` stand somewhere in `file`.
bool holds(ByteView file, std::string_view text);

}  // namespace imgmill::test
