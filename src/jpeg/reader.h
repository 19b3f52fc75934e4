// Reads JPEG files through libjpeg-turbo: headers, coefficients and pixels.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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
  bool cmyk = false;                           ///< CMYK or YCCK
  double samples_a_pixel = 3;                  ///< over all components: 1.5 with 4:2:0 chroma
  std::array<std::uint16_t, 64> luma_steps{};  ///< quantisation table of the first component
};

/// Reads everything up to the first scan. Errors: bad_input, unsupported (12 bits per sample,
/// lossless JPEG). Thread-safe.
[[nodiscard]] Result<Header> read_header(ByteView input);

/// Reads all coefficients, as they are in the file, and every APPn and COM segment in order. Does
/// not read the padding beyond the picture's edges up to whole MCUs. Errors: as read_header();
/// bad_input if a coefficient cannot be read reliably (a damaged file is never rewritten). Throws
/// std::bad_alloc.
[[nodiscard]] Result<Picture> read_picture(ByteView input);

/// True if `input` holds the coefficients and tables of `picture`, ignoring its segments. False if
/// it cannot be read reliably. Takes half of the memory of read_picture(). Throws std::bad_alloc.
[[nodiscard]] bool holds_picture(ByteView input, const Picture& picture);

/// Decoded samples, row by row; grey or RGB, 8 bits.
struct Pixels {
  unsigned char* samples = nullptr;  ///< from malloc; the caller frees them
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int channels = 3;
  double dots_per_mm = 72 / 25.4;  ///< horizontal, from the JFIF header; 72 dpi if it does not say
};

/// Decodes a grey or YCbCr JPEG in this thread. The samples are those that libvips's decoder, of
/// the same descent, gives. Errors: bad_input, with a precise reason, for any damage.
[[nodiscard]] Result<Pixels> decode_pixels(ByteView input);

/// Reads the planes of a JPEG as they are stored, a band of rows at a time, in the caller's thread:
/// chroma is not made larger, colours are not converted. What is kept is one band, and of a
/// progressive file its coefficients. Not to be used by two threads at once.
class PlaneReader {
 public:
  struct Plane {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    int across = 1;  ///< how many times fewer samples a row has than one of the first plane: 1 or 2
    int down = 1;
    // Of the last band:
    const std::uint8_t* rows = nullptr;
    std::size_t stride = 0;
    std::uint32_t count = 0;
  };

  /// Refers to `input`. Each side comes out `shrink` (1, 2, 4 or 8) times smaller, rounded up: the
  /// last sample of a row or column may be of less than all that it stands for.
  /// Errors: bad_input; unsupported: planes that are neither grey nor YCbCr, or lie otherwise.
  [[nodiscard]] static Result<PlaneReader> open(ByteView input, int shrink);

  /// Reads the next band; false when there is none. Errors: bad_input, with a precise reason, for
  /// any damage.
  [[nodiscard]] Result<bool> next();

  [[nodiscard]] std::span<const Plane> planes() const;  ///< one or three
  [[nodiscard]] double dots_per_mm() const;             ///< as of Pixels

  PlaneReader(PlaneReader&&) noexcept;
  PlaneReader& operator=(PlaneReader&&) noexcept;
  ~PlaneReader();

 private:
  struct State;
  explicit PlaneReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// `input` with its missing end-of-image marker added, if nothing else is missing: every block of
/// every scan is there (T.81, B.1.1.5 requires the marker; all viewers do without). Nothing if the
/// marker is present, or if more is or could be missing: with arithmetic coding this cannot be
/// determined, since its data may end before its blocks do. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] std::optional<Buffer> with_end_marker(ByteView input);

/// The treatment of a few stray bytes before the end marker: cameras write them, TIFF writers do
/// not.
enum class StrayBytes { shrug_off, refuse };

/// The reason why libvips may have rejected this file or tolerated its damage: decodes it once
/// more, without the inverse DCT, for a precise answer. Empty: nothing is wrong, or nothing but
/// what every decoder tolerates.
[[nodiscard]] std::string diagnose(ByteView input, StrayBytes stray = StrayBytes::shrug_off);

}  // namespace imgmill::jpeg
