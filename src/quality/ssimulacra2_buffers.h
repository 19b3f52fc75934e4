// Scratch memory of the fast metric: what its vector code keeps from one step to the next.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "quality/ssimulacra2_simd.h"

namespace imgmill::quality {

/// The blurred quantities: values of the original; those of the candidate; sums of the squares of
/// both; squared differences. Variances and covariance follow from the last two, and where both
/// sides are equal the difference is exactly 0.
enum Quantity : std::size_t { original, candidate, squares, difference, quantity_count };

struct FineTile {
  static constexpr std::size_t channels = 2;  // the fine scales do not use the third
  // Column 0 of the tile is column `margin` of these rows. They are read in whole vectors, two at a
  // time when they are halved.
  static constexpr std::size_t margin = 16;
  static constexpr std::size_t block = 8;
  static constexpr std::size_t ring = 16;  // a block plus the reach of the blur
  static constexpr std::size_t columns = tile_width + 3 * margin;
  using Row = std::array<float, columns>;
  using FixedRow = std::array<std::int16_t, columns>;

  struct Scale {
    alignas(64) Row light[2][3];
    alignas(64) Row colours[channels][ring];
    alignas(64) FixedRow originals[channels][ring];  ///< values that are not kept
    alignas(64) Row blurred[channels][quantity_count][ring];
  };
  Scale scales[fine_scales];
  alignas(64) Row values;  ///< of the original
  alignas(64) Row products[2];
  alignas(64) Row errors[2][2];
  alignas(64) Row no_ringing;
};

/// Blurred planes of one channel of a coarse scale, and buffers for transposed rows.
struct CoarseBuffers {
  static constexpr std::size_t most_planes = 5;
  static constexpr std::size_t zeros = 8;  // columns before and after transposed rows
  static constexpr std::size_t most_lanes = 16;

  /// The size in floats.
  static std::size_t size(const ScaleJob& job) {
    return planes_for(job) * row_floats(job.width) * job.height +
           3 * (job.width + 2 * zeros) * most_lanes;
  }
  // Two more for the original, if its own are not kept.
  static std::size_t planes_for(const ScaleJob& job) {
    return job.original == nullptr ? 3 : most_planes;
  }

  std::size_t step;
  Rows<float> blurred[most_planes];  ///< first horizontally only, then vertically as well
  float* upright[3];

  explicit CoarseBuffers(const ScaleJob& job) : step(row_floats(job.width)) {
    float* scratch = job.scratch;
    for (std::size_t plane = 0; plane < planes_for(job); ++plane) {
      blurred[plane] = {scratch + Rows<float>::margin, step};
      scratch += step * job.height;
    }
    for (float*& rows : upright) {
      rows = scratch + zeros * most_lanes;
      scratch += (job.width + 2 * zeros) * most_lanes;
    }
  }
};

}  // namespace imgmill::quality
