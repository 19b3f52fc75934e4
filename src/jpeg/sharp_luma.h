// Luma correction for the brightness errors of chroma subsampling.
#pragma once

#include <cstddef>
#include <vector>

#include "jpeg/forward.h"

namespace imgmill::jpeg {

/// Where a colour changes from one sample to the next, subsampled chroma is decoded as something in
/// between, and since light is not a linear function of samples, the picture becomes darker or
/// brighter there: lips, leaves and letters lose their edges. Chroma cannot compensate for it, but
/// luma can: each luma sample is adjusted so that, with the chroma that decoders will show, it
/// produces the light of the original. The idea is that of "sharp YUV" in libwebp, which also
/// adjusts chroma, over several iterations; here only luma is solved for, once.
///
/// Assumes that decoders upsample chroma with a triangle filter, as libjpeg does: 3/4 of the
/// nearest sample, 1/4 of the next, along both axes. Memory: two bytes per sample of the picture.
class SharpLuma {
 public:
  /// Subsamples the chroma of `samples`, which must have three channels and are not needed
  /// afterwards. Throws std::bad_alloc.
  explicit SharpLuma(const Samples& samples);

  /// Corrects one row of luma. `luma`, `cb` and `cr` hold the row's own values, 0 in the middle of
  /// their ranges. Basic arithmetic only, with the same result on every machine. Throws
  /// std::bad_alloc.
  void correct(std::size_t row, float* luma, const float* cb, const float* cr);

 private:
  std::size_t width_;
  std::size_t wide_;           ///< samples of subsampled chroma per row
  std::size_t high_;           ///< rows of subsampled chroma
  std::vector<float> cb_;      ///< subsampled
  std::vector<float> cr_;      ///< subsampled
  std::vector<float> line_;    ///< one row, upsampled vertically only
  std::vector<float> cb_row_;  ///< one row, upsampled
  std::vector<float> cr_row_;  ///< one row, upsampled
};

}  // namespace imgmill::jpeg
