// The numeric difference between two pictures, regardless of perception.
#pragma once

#include "imgmill/error.h"
#include "quality/ssimulacra2.h"

namespace imgmill {

/// The PSNR reported for identical pictures, dB.
inline constexpr double psnr_of_equals = 99;

/// Peak signal-to-noise ratio of two pictures as coded for screens (sRGB curve, clipped to 0..1),
/// in dB: of red, green and blue together or of luma (ITU-R BT.601 weights), whichever is worse.
/// Transparent pictures are composited on black and on white, and the worse result counts.
///
/// Exact if below `enough`; a result clearly above it may be estimated from some of the rows.
///
/// Errors: usage (no pixels, impossible channels or rows, different sizes). Thread-safe.
[[nodiscard]] Result<double> psnr(const PixelView& original, const PixelView& candidate,
                                  double enough = psnr_of_equals);

}  // namespace imgmill
