// The decoded picture of DCT coefficients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "jpeg/planes.h"
#include "jpeg/reader.h"

namespace imgmill::jpeg {

/// True if shown_pixels() supports this kind of picture: grey, or YCbCr with chroma at full
/// resolution, or subsampled horizontally, or both horizontally and vertically. The units of its
/// planes must be 1.
[[nodiscard]] bool can_be_shown(const Picture& picture);

/// The decoder output of libjpeg-turbo for a file with these coefficients, bit-exact: "islow", its
/// accurate integer transform (Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT
/// algorithms with 11 multiplications", 1989, in 13-bit fixed point), chroma upsampled with weights
/// of 3/4 and 1/4 ("fancy upsampling"), and T.871 colours. Grey or RGB. Requires can_be_shown().
/// Throws std::bad_alloc. Thread-safe.
[[nodiscard]] Pixels shown_pixels(const Picture& picture);

/// A part of a picture, in pixels; not empty.
struct Region {
  std::uint32_t left = 0, top = 0, width = 0, height = 0;
};

/// Decodes parts of a picture, to the same pixels as shown_pixels(). Fast if regions of the same
/// columns follow each other downwards, since some rows of blocks are kept. Not thread-safe.
class RegionDecoder {
 public:
  /// Requires can_be_shown(). `picture` must outlive this.
  explicit RegionDecoder(const Picture& picture);
  RegionDecoder(RegionDecoder&&) noexcept;
  RegionDecoder& operator=(RegionDecoder&&) noexcept;
  ~RegionDecoder();

  /// Writes the pixels of `region`, which must lie within the picture: grey or RGB, in rows
  /// `row_bytes` apart. Throws std::bad_alloc.
  void decode(const Region& region, unsigned char* out, std::size_t row_bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgmill::jpeg
