// Weights of the old samples that make up each new sample, along one side of a picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "imgmill/settings.h"

namespace imgmill {

/// One side of a plane, before and after resizing.
struct Side {
  std::uint32_t samples = 0;  ///< before; at least 1
  /// Length of the picture in samples: less than `samples` if the last one is cut off by the edge,
  /// as with chroma subsampling of an odd width.
  double length = 0;
  std::uint32_t wanted = 0;  ///< after; at least 1
  /// Subsampling factor of the plane relative to `samples`, 1 or 2. With 2, the result is as if the
  /// plane had been upsampled first with a triangle filter, as JPEG decoders do with chroma (T.871
  /// leaves it open; libjpeg's "fancy upsampling").
  int halvings = 1;
  ResizeFilter filter = ResizeFilter::lanczos3;
  double sharpen = 0;  ///< contrast added to the finest detail, 0..1
};

/// Each new sample as a weighted sum of adjacent old ones. Sample centres are at i + 1/2 on both
/// sides, and the outermost samples extend beyond the edge. The weights sum to 1.
///
/// The filters are the classical ones, stretched to the width of a new sample when downscaling:
/// Lanczos (Duchon 1979), and Mitchell and Netravali's family (1988) with B = C = 1/3 and B = 0, C
/// = 1/2.
class Plan {
 public:
  struct Taps {
    std::uint32_t first;  ///< index of the first old sample
    std::uint32_t count;
    std::size_t at;  ///< index of the first weight in `weights()`
  };

  explicit Plan(const Side& side);

  [[nodiscard]] std::uint32_t samples() const { return samples_; }  ///< before, as stored
  [[nodiscard]] std::uint32_t wanted() const { return static_cast<std::uint32_t>(taps_.size()); }
  [[nodiscard]] const Taps& taps(std::size_t sample) const { return taps_[sample]; }
  /// The weights of all new samples; each group is followed by zeros up to a multiple of `padding`.
  [[nodiscard]] std::span<const double> weights() const { return weights_; }

  static constexpr std::size_t padding = 8;

 private:
  std::uint32_t samples_;
  std::vector<Taps> taps_;
  std::vector<double> weights_;
};

}  // namespace imgmill
