// The decoded picture of DCT coefficients.
#pragma once

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
/// Uses as many bytes of scratch memory as chroma has samples. Throws std::bad_alloc. Thread-safe.
[[nodiscard]] Pixels shown_pixels(const Picture& picture);

}  // namespace imgmill::jpeg
