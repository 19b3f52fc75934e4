// How coarse a picture becomes, and what errors and bits weigh against each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "webp/picture.h"

namespace imgmill::webp {

inline constexpr std::size_t most_segments = 4;

/// How one kind of blocks is quantised; arrays in the order of zigzag.
struct Matrix {
  alignas(32) std::array<std::uint16_t, 16> steps{};
  alignas(32) std::array<std::uint16_t, 16> inverse{};  ///< 65536 / step
  /// What is added before a level is cut off, where levels are not weighed: less than half a step.
  alignas(32) std::array<std::uint16_t, 16> bias{};
  /// What an error counts for, in 16ths.
  alignas(32) std::array<std::int16_t, 16> weights{};
};

/// Macroblocks of about the same unrest.
struct Segment {
  int quantiser = 0;  ///< index, 0..127: RFC 6386, section 9.6
  int filter = 0;     ///< strength of the loop filter, 0..63: section 9.6
  Matrix luma, second, chroma;
  /// What a 256th of a bit costs, in 4096ths of the square of a coefficient's error: where modes
  /// are chosen, and where levels are.
  int lambda_mode = 0, lambda_luma = 0, lambda_chroma = 0;
  /// What a 256th of a bit costs, in 256ths of a sum of absolute Hadamard coefficients.
  int lambda_satd = 0;
};

/// A picture's segments, and which macroblock belongs to which.
struct Segments {
  std::size_t count = most_segments;
  std::array<Segment, most_segments> rows{};
  std::vector<std::uint8_t> map;  ///< by macroblock
  /// Against each segment's quantiser, -15..15: section 9.6.
  int luma_dc_change = 0;
  int second_dc_change = 0;
  int second_ac_change = 0;
  int chroma_dc_change = 0;
  int chroma_ac_change = 0;
  int sharpness = 0;  ///< of the loop filter, 0..7
};

/// For a quality of 1..100. In whole numbers, the same on every machine. Throws std::bad_alloc.
[[nodiscard]] Segments make_segments(const Planes& planes, double quality);
/// For the index of a quantiser, in 16ths: 0..2032.
[[nodiscard]] Segments segments_at(const Planes& planes, int index);

}  // namespace imgmill::webp
