// The interface of the metric's vector code: the two fine scales together, then each coarse one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "quality/linear_rgb.h"
#include "quality/ssimulacra2_weights.h"

namespace imgmill::quality {

/// Which of a channel's three error maps at a scale have a significant weight.
struct Need {
  bool structure = false;
  bool edges = false;
  [[nodiscard]] constexpr bool any() const { return structure || edges; }
};

/// Rows of a plane; up to `margin` columns to the left and right of them may be read as well.
template <typename Sample>
struct Rows {
  static constexpr std::size_t margin = 16;
  Sample* first = nullptr;
  std::size_t step = 0;
  [[nodiscard]] Sample* at(std::size_t y) const { return first + y * step; }
};

/// Error sums of one channel at one scale: the six of `Norm`, before means and roots.
using Sums = std::array<double, norm_count>;

/// Receives the errors of pixels `left` to `left + count` of row `y`, one array each for structure,
/// ringing and blur.
struct ErrorSink {
  virtual void add(std::size_t channel, std::size_t y, std::size_t left, std::size_t count,
                   const float* structure, const float* ringing, const float* blur) = 0;

 protected:
  ~ErrorSink() = default;
};

/// The first two of six scales are processed together, in columns of tiles, in 16-bit fixed point
/// and with the finite blur; the others, a twelfth of all pixels, plane by plane in single
/// precision with the recursive blur (cosine_blur.h explains why).
inline constexpr std::size_t fine_scales = 2;

/// Columns of a tile at the first scale, chosen so that its data fits a second-level cache of 512
/// KiB. 512 columns are 4% slower, since the columns beside a tile weigh more; 256 are a seventh
/// slower.
inline constexpr std::size_t tile_width = 1024;

/// One side of one scale, and the operation to perform.
struct ScaleJob {
  enum class Kind { prepare, compare };
  Kind kind = Kind::prepare;
  bool fine = true;
  std::size_t width = 0;
  std::size_t height = 0;
  std::array<Need, 3> need;

  /// The source of the first scale's light; null for the others.
  const LinearRgbReader* reader = nullptr;
  Background background = Background::none;
  /// Coarse scales: the light, filled in here if there is a reader; unspecified afterwards. The
  /// light of fine scales is never in memory as a whole.
  std::array<Rows<float>, 3> light;
  /// Receives the light at half the size; no rows for the last scale, and for the first of two fine
  /// ones.
  std::array<Rows<float>, 3> next;

  /// If set, little is kept of the original: `compare` reads the values of the fine scales from
  /// here again, and computes the means of the coarse ones again.
  const LinearRgbReader* original = nullptr;
  /// Data kept per original: written by `prepare`, read by `compare`. Fine scales: values, padded
  /// with `fixed_zero` outside the picture.
  std::array<Rows<std::int16_t>, 3> fixed_values;
  /// Coarse scales: values, local means, local means of squares.
  std::array<Rows<float>, 3> values, means, squares;

  float* scratch = nullptr;             ///< scratch_floats(), aligned to 64 bytes
  std::array<Sums, 3>* sums = nullptr;  ///< incremented by `compare`
  ErrorSink* sink = nullptr;            ///< for `compare`; may be null
};

/// Fixed-point values: from -0.5 in steps of 1/32768.
inline constexpr float fixed_scale = 32768;
inline constexpr float fixed_middle = 0.5F;
inline constexpr std::int16_t fixed_zero = -16384;

/// Floats per row of a plane, including padding.
[[nodiscard]] constexpr std::size_t row_floats(std::size_t width) {
  constexpr std::size_t margin = Rows<float>::margin;
  return (width + margin - 1) / margin * margin + 2 * margin;
}

[[nodiscard]] std::size_t scratch_floats(const ScaleJob& job);

struct VectorCode {
  void (*fine)(const ScaleJob& first, const ScaleJob& second);
  void (*coarse)(const ScaleJob& job);
};

/// The code for the best instruction set of this machine, or for the one chosen below.
[[nodiscard]] VectorCode vector_code();

/// For tests and benchmarks: makes vector_code() return the named instruction set until the next
/// call; an empty name restores the best one. Returns false if this machine or this build lacks
/// that set. Do not call while another thread is measuring.
bool choose_simd_target(std::string_view name);

}  // namespace imgmill::quality
