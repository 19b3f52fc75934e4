// The forward DCT of samples.
#pragma once

#include <cstddef>
#include <cstdint>

#include "jpeg/planes.h"

namespace imgmill::jpeg {

/// 8-bit samples, row by row from top to bottom, in sRGB, another RGB, or grey.
struct Samples {
  const std::uint8_t* first = nullptr;
  std::size_t row_size = 0;  ///< bytes from one row to the next
  std::uint32_t width = 0;   ///< 1..65500
  std::uint32_t height = 0;  ///< 1..65500
  int channels = 3;          ///< 1 or 3
};

/// The luma of a picture.
enum class Luma {
  own,                ///< unmodified
  for_halved_chroma,  ///< corrected for chroma that will be subsampled: see SharpLuma
};

/// The picture in JFIF colours (YCbCr, ITU-T T.871) or in grey, unquantised: coefficients in units
/// of 1/16. The picture is padded to whole blocks by repeating its last samples. No segments. Grey
/// has no chroma, and always its own luma. Computed in floating point, with the same result on
/// every machine. Throws std::bad_alloc.
[[nodiscard]] Picture forward_dct(const Samples& samples, Luma luma = Luma::own);

}  // namespace imgmill::jpeg
