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

/// What the blurs of one channel of a coarse scale need: rows, not planes.
struct CoarseBuffers {
  static constexpr std::size_t most_quantities = 5;
  static constexpr std::size_t zeros = 8;  // columns before and after transposed rows
  static constexpr std::size_t most_lanes = 16;
  static constexpr std::size_t ring = 32;  // a group of rows, and the diameter of the blur
  static constexpr std::size_t waves = 6;

  /// One blurred quantity.
  struct Quantity {
    Rows<float> across;   ///< a ring: rows blurred horizontally
    Rows<float> waves;    ///< the state of the vertical blur
    Rows<float> blurred;  ///< a ring: the latest results

    [[nodiscard]] float* across_at(std::size_t y) const { return across.at(y % ring); }
    [[nodiscard]] float* blurred_at(std::size_t y) const { return blurred.at(y % most_lanes); }
  };

  /// The size in floats.
  static std::size_t size(const ScaleJob& job) {
    constexpr std::size_t rows = most_quantities * (ring + waves + most_lanes);
    return rows * row_floats(job.width) + 3 * (job.width + 2 * zeros) * most_lanes;
  }

  Quantity quantities[most_quantities];
  float* upright[3];  ///< transposed rows

  explicit CoarseBuffers(const ScaleJob& job) {
    const std::size_t step = row_floats(job.width);
    float* scratch = job.scratch;
    const auto next = [&](std::size_t count) {
      const Rows<float> rows{scratch + Rows<float>::margin, step};
      scratch += step * count;
      return rows;
    };
    for (Quantity& quantity : quantities) quantity = {next(ring), next(waves), next(most_lanes)};
    for (float*& rows : upright) {
      rows = scratch + zeros * most_lanes;
      scratch += (job.width + 2 * zeros) * most_lanes;
    }
  }
};

}  // namespace imgmill::quality
