// Reads JPEG files through libjpeg-turbo: headers, coefficients and pixels.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "jpeg/planes.h"

namespace imgmill::jpeg {

struct Header {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int components = 3;
  bool progressive = false;
  bool cmyk = false;           ///< CMYK or YCCK
  double samples_a_pixel = 3;  ///< of all components: 1.5 where chroma is halved both ways
  std::array<std::uint16_t, 64> luma_steps{};  ///< quantisation table of the first component
};

/// Everything up to the first scan. Errors: bad_input, unsupported (12 bits a
/// sample, lossless JPEG). Thread-safe.
[[nodiscard]] Result<Header> read_header(ByteView input);

/// All coefficients, as they are in the file, and every APPn and COM segment in order. What lies
/// beyond the picture's edges up to whole MCUs is not read. Errors: as read_header(); bad_input
/// when a coefficient cannot be read for certain (a damaged file is never rewritten).
/// Throws std::bad_alloc.
[[nodiscard]] Result<Picture> read_picture(ByteView input);

/// Whether `input` holds the coefficients and tables of `picture`, its segments aside. What cannot
/// be read for certain does not. Takes half of the memory of read_picture(). Throws std::bad_alloc.
[[nodiscard]] bool holds_picture(ByteView input, const Picture& picture);

/// Decoded samples, row by row; grey or RGB, 8 bits.
struct Pixels {
  unsigned char* samples = nullptr;  ///< from malloc; the caller frees them
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int channels = 3;
  double dots_per_mm =
      72 / 25.4;  ///< from the JFIF header, horizontally; 72 dpi where it is silent
};

/// Decodes a grey or YCbCr JPEG in this thread, each side `shrink` (1, 2, 4 or 8) times smaller,
/// rounded up. The samples are those that libvips's decoder, of the same descent, gives. Errors:
/// bad_input, with a precise reason, for any damage.
[[nodiscard]] Result<Pixels> decode_pixels(ByteView input, int shrink = 1);

/// `input` with the end-of-image marker that it lacks, where that is all it lacks: every block of
/// every scan is there (T.81, B.1.1.5 wants the marker; all viewers do without). Nothing where it
/// has one, or where more is missing or could be: of arithmetic coding nobody can tell, since its
/// data may end before its blocks do. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] std::optional<Buffer> with_end_marker(ByteView input);

/// Whether a few stray bytes in front of the end marker count as damage: cameras write them,
/// writers of TIFF do not.
enum class StrayBytes { shrug_off, refuse };

/// Why libvips may have refused this file, or passed over what is wrong with it: decodes it once
/// more, but for its inverse DCT, for a precise answer. An empty string: nothing is wrong, or
/// nothing but what every decoder shrugs off.
[[nodiscard]] std::string diagnose(ByteView input, StrayBytes stray = StrayBytes::shrug_off);

}  // namespace imgmill::jpeg
