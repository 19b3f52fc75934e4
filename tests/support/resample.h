// Textbook resizing, the reference for the fast implementation.
#pragma once

#include "imgmill/settings.h"
#include "support/raster.h"

namespace imgmill::test {

/// Resizes `raster`: every sample is a weighted sum in double precision, with edge pixels extended,
/// colours premultiplied, in sRGB's linear light if requested, rounded once. CMYK has no alpha and
/// no linear light. No sharpening.
Raster resampled(const Raster& raster, int width, int height,
                 ResizeFilter filter = ResizeFilter::lanczos3,
                 ResizeLight light = ResizeLight::coded);

/// The largest difference between two samples; colours count only if either alpha is not 0.
/// Different sizes count as the maximum.
int worst_difference(const Raster& one, const Raster& other);

}  // namespace imgmill::test
