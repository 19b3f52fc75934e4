// Quantization steps, and the trade-off between errors and bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "webp/picture.h"

namespace imgmill::webp {

inline constexpr std::size_t most_segments = 4;

/// Quantization of one kind of blocks; arrays in zigzag order.
struct Matrix {
  alignas(32) std::array<std::uint16_t, 16> steps{};
  alignas(32) std::array<std::uint16_t, 16> inverse{};  ///< 65536 / step
  /// Rounding bias added before truncation, for levels without a trellis: less than half a step.
  alignas(32) std::array<std::uint16_t, 16> bias{};
  /// Weights of errors, in 16ths.
  alignas(32) std::array<std::int16_t, 16> weights{};
};

/// Macroblocks of similar activity.
struct Segment {
  int quantiser = 0;  ///< index, 0..127: RFC 6386, section 9.6
  int filter = 0;     ///< strength of the loop filter, 0..63: section 9.6
  Matrix luma, second, chroma;
  /// Price of a 256th of a bit, in 4096ths of a squared coefficient error: for choosing modes, and
  /// for choosing levels.
  int lambda_mode = 0, lambda_luma = 0, lambda_chroma = 0;
  /// Price of a 256th of a bit, in 256ths of a sum of absolute Hadamard coefficients.
  int lambda_satd = 0;
};

/// A picture's segments, and the map of macroblocks to segments.
struct Segments {
  std::size_t count = most_segments;
  std::array<Segment, most_segments> rows{};
  std::vector<std::uint8_t> map;  ///< indexed by macroblock
  /// Relative to each segment's quantizer, -15..15: section 9.6.
  int luma_dc_change = 0;
  int second_dc_change = 0;
  int second_ac_change = 0;
  int chroma_dc_change = 0;
  int chroma_ac_change = 0;
  int sharpness = 0;  ///< of the loop filter, 0..7
};

/// For a quality of 1..100. Integer arithmetic, identical on every machine. Throws std::bad_alloc.
[[nodiscard]] Segments make_segments(const Planes& planes, double quality);
/// For a quantizer index, in 16ths: 0..2032.
[[nodiscard]] Segments segments_at(const Planes& planes, int index);

}  // namespace imgmill::webp
