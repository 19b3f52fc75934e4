// Luma that makes up for what halved chroma does to brightness.
#pragma once

#include <cstddef>
#include <vector>

#include "jpeg/forward.h"

namespace imgmill::jpeg {

/// Where a colour changes from one sample to the next, halved chroma comes back from a decoder as
/// something in between, and since light is no linear function of samples, the picture gets
/// darker or brighter there: lips, leaves and letters lose their edges. Chroma cannot help it, but
/// luma can: each of its samples is moved so far that with the chroma that decoders will show it
/// gives the light of the original. The idea is the one behind the "sharp YUV" of libwebp, which
/// adjusts chroma as well, over several rounds; here luma is solved for once.
///
/// Decoders are taken to enlarge chroma by a triangle, as libjpeg does: three parts of the nearest
/// sample, one of the next, along both axes. Memory: two bytes a sample of the picture.
class SharpLuma {
 public:
  /// Halves the chroma of `samples`, which have three channels and are not needed afterwards.
  /// Throws std::bad_alloc.
  explicit SharpLuma(const Samples& samples);

  /// Corrects one row of luma. `luma`, `cb` and `cr` hold the row's own values, 0 in the middle of
  /// their ranges. By plain arithmetic, the same on every machine. Throws std::bad_alloc.
  void correct(std::size_t row, float* luma, const float* cb, const float* cr);

 private:
  std::size_t width_;
  std::size_t wide_;           ///< samples of halved chroma in a row
  std::size_t high_;           ///< rows of them
  std::vector<float> cb_;      ///< halved
  std::vector<float> cr_;      ///< halved
  std::vector<float> line_;    ///< halved across only, of one row
  std::vector<float> cb_row_;  ///< enlarged again, of one row
  std::vector<float> cr_row_;  ///< enlarged again, of one row
};

}  // namespace imgmill::jpeg
