// Resizing as it is written in textbooks: what the fast one is held against.
#pragma once

#include "imgmill/settings.h"
#include "support/raster.h"

namespace imgmill::test {

/// `raster` in another size: every sample a weighted sum in double precision, over pixels that go
/// on beyond the edges, colours multiplied by their alpha, in the light of sRGB if so asked,
/// rounded once. CMYK has no alpha and no light. No sharpening.
Raster resampled(const Raster& raster, int width, int height,
                 ResizeFilter filter = ResizeFilter::lanczos3,
                 ResizeLight light = ResizeLight::coded);

/// The largest difference of two samples; of colours only where either alpha is not 0. A size that
/// is not the same counts as all there is.
int worst_difference(const Raster& one, const Raster& other);

}  // namespace imgmill::test
