// JPEG without pixels: headers, tables and DCT coefficients, through libjpeg-turbo.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

struct JpegHeader {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int components = 3;
  bool progressive = false;
  bool cmyk = false;                           ///< CMYK or YCCK
  std::array<std::uint16_t, 64> luma_steps{};  ///< quantisation table of the first component
};

/// Everything up to the first scan. Errors: bad_input, unsupported (12 bits a
/// sample, lossless JPEG). Thread-safe.
[[nodiscard]] Result<JpegHeader> read_jpeg_header(ByteView input);

/// Packs the same coefficients better: optimised Huffman tables, progressive
/// or sequential scans, whichever is smaller. Every APPn and COM segment of `input`
/// comes along as it is. Errors: bad_input when a coefficient cannot be
/// read for certain (a damaged file is never rewritten).
[[nodiscard]] Result<Buffer> transcode_jpeg(ByteView input);

/// Decoded samples, row by row; grey or RGB, 8 bits.
struct JpegPixels {
  unsigned char* samples = nullptr;  ///< from malloc; the caller frees them
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int channels = 3;
  double dots_per_mm =
      72 / 25.4;  ///< from the JFIF header, horizontally; 72 dpi where it is silent
};

/// Decodes a grey or YCbCr JPEG in this thread, for pictures too small to be worth
/// handing to others. The samples are those that libvips's decoder, of the same
/// descent, gives. Errors: bad_input, with a precise reason, for any damage.
[[nodiscard]] Result<JpegPixels> decode_small_jpeg(ByteView input);

/// Why libvips may have refused this file: decodes it once more for a precise
/// answer. An empty string: nothing is wrong, or nothing but what every
/// decoder shrugs off (stray bytes between segments).
[[nodiscard]] std::string diagnose_jpeg(ByteView input);

/// The quality 1..100 whose table is nearest to `luma_steps`, taken as a scaling
/// of the example table of ITU-T T.81 Annex K (libjpeg and its many children) or
/// of Nicolas Robidoux's table (mozjpeg's default), by libjpeg's scaling rule.
[[nodiscard]] int estimate_jpeg_quality(const std::array<std::uint16_t, 64>& luma_steps);

}  // namespace imgmill
