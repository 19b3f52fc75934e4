// What the fast metric asks of its vector code: the fine scales at once, then each coarse one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "quality/light.h"
#include "quality/ssimulacra2_weights.h"

namespace imgmill::quality {

/// Of the three maps of a channel at a scale, those that weigh anything.
struct Need {
  bool structure = false;
  bool edges = false;
  [[nodiscard]] constexpr bool any() const { return structure || edges; }
};

/// Rows of a plane; what lies up to `margin` columns left and right of them may be read, too.
template <typename Sample>
struct Rows {
  static constexpr std::size_t margin = 16;
  Sample* first = nullptr;
  std::size_t step = 0;
  [[nodiscard]] Sample* at(std::size_t y) const { return first + y * step; }
};

/// Sums of the errors of one channel at one scale: the six of `Norm`, before means and roots.
using Sums = std::array<double, norm_count>;

/// Takes errors of the pixels `left` to `left + count` of row `y` (each three rows of them:
/// structure, ringing, blur).
struct ErrorSink {
  virtual void add(std::size_t channel, std::size_t y, std::size_t left, std::size_t count,
                   const float* structure, const float* ringing, const float* blur) = 0;

 protected:
  ~ErrorSink() = default;
};

/// The first two of six scales are worked through together, in columns of tiles, in 16-bit fixed
/// point and with the finite blur; the others, a twelfth of all pixels, plane by plane in single
/// precision with the recursive blur (cosine_blur.h says why).
inline constexpr std::size_t fine_scales = 2;

/// Columns of a tile, at the first scale: what it takes lies in a second-level cache of 512 KiB.
/// 512 are 4% slower, since more of the columns are those beside a tile; 256 a seventh.
inline constexpr std::size_t tile_width = 1024;

/// One side of one scale, and what is to be done with it.
struct ScaleJob {
  enum class Kind { prepare, compare };
  Kind kind = Kind::prepare;
  bool fine = true;
  std::size_t width = 0;
  std::size_t height = 0;
  std::array<Need, 3> need;

  /// Where the first scale's light comes from; null for the others.
  const LightReader* reader = nullptr;
  Background background = Background::none;
  /// Of a coarse scale: its light, filled here if there is a reader; what is left in it means
  /// nothing. The light of fine scales is never in memory as a whole.
  std::array<Rows<float>, 3> light;
  /// Gets half the size; no rows for the last scale, and for the first of two fine ones.
  std::array<Rows<float>, 3> next;

  /// What is kept of the original: written by `prepare`, read by `compare`.
  /// Fine: values; outside of the picture they are what `fixed_zero` says.
  std::array<Rows<std::int16_t>, 3> fixed_values;
  /// Coarse: values, local means, local means of squares.
  std::array<Rows<float>, 3> values, means, squares;

  float* scratch = nullptr;             ///< scratch_floats(), aligned to 64 bytes
  std::array<Sums, 3>* sums = nullptr;  ///< `compare` adds to them
  ErrorSink* sink = nullptr;            ///< of `compare`; may be null
};

/// Values in fixed point: from -0.5 in steps of 1/32768.
inline constexpr float fixed_scale = 32768;
inline constexpr float fixed_middle = 0.5F;
inline constexpr std::int16_t fixed_zero = -16384;

/// Floats that a plane takes for one row.
[[nodiscard]] constexpr std::size_t row_floats(std::size_t width) {
  constexpr std::size_t margin = Rows<float>::margin;
  return (width + margin - 1) / margin * margin + 2 * margin;
}

[[nodiscard]] std::size_t scratch_floats(bool fine, std::size_t width, std::size_t height);

struct VectorCode {
  void (*fine)(const ScaleJob& first, const ScaleJob& second);
  void (*coarse)(const ScaleJob& job);
};

/// For the best instruction set of this machine, or the one chosen below.
[[nodiscard]] VectorCode vector_code();

/// For tests and benchmarks: until called again, the named instruction set is what
/// vector_code() gives; an empty name brings the best one back. False when this machine or this
/// build has no such set. Not to be called while another thread measures.
bool choose_simd_target(std::string_view name);

}  // namespace imgmill::quality
