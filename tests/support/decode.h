// Decodes files with decoders other than libvips.
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
  int bits = 8;  ///< per sample or palette index, as stored
  bool palette = false;
  int orientation = 1;                ///< of TIFF
  double gamma = 0;                   ///< of PNG's gAMA
  std::vector<std::uint16_t> extras;  ///< of TIFF's ExtraSamples
  Bytes icc;
  /// The first frame.
  [[nodiscard]] const Raster& picture() const { return movie.frames.front(); }
};

/// Decodes with libjpeg-turbo, libpng, libwebp, libavif, giflib, libtiff, libjxl or libheif, and
/// QOI by code of its own. PNG and JPEG keep their channels (palettes are expanded), the others
/// give RGB(A).
/// Throws std::runtime_error if the decoder reports any problem.
Decoded decode(ByteView file, Format format);
/// The same for a container of bytes.
inline Decoded decode(const Bytes& file, Format format) { return decode(ByteView(file), format); }

/// Returns all DCT coefficients and quantization tables of a JPEG, with its sampling factors: equal
/// for two files that decode identically.
std::vector<int> jpeg_coefficients(ByteView file);

/// True if `file` contains the bytes of `text`.
bool holds(ByteView file, std::string_view text);

}  // namespace imgmill::test
