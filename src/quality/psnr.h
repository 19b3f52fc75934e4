// How far apart the numbers of two pictures are, whatever that looks like.
#pragma once

#include "imgmill/error.h"
#include "quality/ssimulacra2.h"

namespace imgmill {

/// What psnr() says of pictures that show the same, dB.
inline constexpr double psnr_of_equals = 99;

/// Peak signal-to-noise ratio of two pictures as they are coded for screens (sRGB's curve, 0..1,
/// beyond which is cut), dB: of red, green and blue together or of luma (ITU-R BT.601's weights),
/// whichever is worse. Transparent pictures are laid upon black and upon white, and the worse
/// counts.
///
/// Exact where that is below `enough`; what is plainly above it may be told from some of the rows.
///
/// Errors: usage (no pixels, impossible channels or rows, sizes that differ). Safe from several
/// threads.
[[nodiscard]] Result<double> psnr(const PixelView& original, const PixelView& candidate,
                                  double enough = psnr_of_equals);

}  // namespace imgmill
