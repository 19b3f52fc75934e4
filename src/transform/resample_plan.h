// Which old samples a new one is made of, along one side of a picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "imgmill/settings.h"

namespace imgmill {

/// One side of a plane, before and after.
struct Side {
  std::uint32_t samples = 0;  ///< before; at least 1
  /// Of `samples`, how many the picture is long: less where the last one is cut off by its edge, as
  /// in half of an odd width.
  double length = 0;
  std::uint32_t wanted = 0;  ///< after; at least 1
  /// How many times fewer samples the plane has than `samples` says, 1 or 2. It is then as if it
  /// had been doubled first, by a triangle, as JPEG decoders double chroma (T.871 leaves it open;
  /// libjpeg's "fancy upsampling").
  int halvings = 1;
  ResizeFilter filter = ResizeFilter::lanczos3;
  double sharpen = 0;  ///< contrast that the finest detail gains, 0..1
};

/// What each sample of a new side is made of: a weighted sum of old ones that lie next to each
/// other. Centres of samples lie at i + 1/2 on both sides, and the outermost old ones go on beyond
/// the edge. Weights sum up to 1.
///
/// Filters are the classical ones, as wide as a new sample where the side becomes smaller: Lanczos
/// (Duchon 1979), Mitchell and Netravali's family (1988) with B = C = 1/3 and B = 0, C = 1/2.
class Plan {
 public:
  struct Taps {
    std::uint32_t first;  ///< old sample
    std::uint32_t count;
    std::size_t at;  ///< of the first weight, in `weights()`
  };

  explicit Plan(const Side& side);

  [[nodiscard]] std::uint32_t samples() const { return samples_; }  ///< before, as stored
  [[nodiscard]] std::uint32_t wanted() const { return static_cast<std::uint32_t>(taps_.size()); }
  [[nodiscard]] const Taps& taps(std::size_t sample) const { return taps_[sample]; }
  /// Those of one new sample in a row, followed by zeros up to a multiple of `padding`.
  [[nodiscard]] std::span<const double> weights() const { return weights_; }

  static constexpr std::size_t padding = 8;

 private:
  std::uint32_t samples_;
  std::vector<Taps> taps_;
  std::vector<double> weights_;
};

}  // namespace imgmill
