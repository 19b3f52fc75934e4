// Samples into DCT coefficients.
#pragma once

#include <cstddef>
#include <cstdint>

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// Samples of 8 bits, row by row from top to bottom, in sRGB or another RGB, or grey.
struct Samples {
  const std::uint8_t* first = nullptr;
  std::size_t row_size = 0;  ///< bytes from one row to the next
  std::uint32_t width = 0;   ///< 1..65500
  std::uint32_t height = 0;  ///< 1..65500
  int channels = 3;          ///< 1 or 3
};

/// Which luma a picture gets.
enum class Luma {
  own,                ///< its own
  for_halved_chroma,  ///< corrected for chroma that is going to be halved: see SharpLuma
};

/// The picture in the colours of JFIF (YCbCr, ITU-T T.871) or in grey, unquantised: coefficients
/// to a sixteenth. Sides are continued by their last samples up to whole blocks. No segments.
/// Grey has no chroma, and its own luma always. In floating point, the same on every machine.
/// Throws std::bad_alloc.
[[nodiscard]] Picture forward_dct(const Samples& samples, Luma luma = Luma::own);

}  // namespace imgmill::jpeg
