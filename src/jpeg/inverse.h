// What decoders show of DCT coefficients.
#pragma once

#include "jpeg/planes.h"
#include "jpeg/reader.h"

namespace imgmill::jpeg {

/// Whether shown_pixels() knows how decoders show a picture like this: grey, or YCbCr whose chroma
/// has all of luma's resolution, half of it across, or half of it across and down. The units of its
/// planes must be 1.
[[nodiscard]] bool can_be_shown(const Picture& picture);

/// The samples that libjpeg-turbo decodes a file with these coefficients to, to the bit: "islow",
/// its exact integer transform (Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT
/// algorithms with 11 multiplications", 1989, in 13-bit fixed point), chroma enlarged with
/// weights of 3/4 and 1/4 ("fancy upsampling"), and T.871's colours. Grey or RGB. Where
/// can_be_shown(). Takes as many bytes as chroma has samples while it works. Throws
/// std::bad_alloc. Thread-safe.
[[nodiscard]] Pixels shown_pixels(const Picture& picture);

}  // namespace imgmill::jpeg
