// The spatial distribution of errors, collected while the metric is computed.
#pragma once

#include <cstddef>
#include <vector>

#include "quality/ssimulacra2_simd.h"

namespace imgmill::quality {

/// Accumulates the errors of every scale in cells of 8 x 8 pixels of the picture, and in squares of
/// 32 x 32, of which tiles are composed.
class LocalErrors {
 public:
  /// For a picture of this size. Throws std::bad_alloc.
  LocalErrors(std::size_t width, std::size_t height);

  /// The sink for errors of `scale`, counted from 0.
  [[nodiscard]] ErrorSink& of_scale(std::size_t scale) { return gathered_[scale]; }
  /// Sums everything up. Call after all errors are collected and before the functions below.
  void fold();

  /// The weighted sum of all norms for each cell, as if it were a whole picture. `factor` above 1
  /// means that the picture was enlarged by that factor; cells refer to the original picture.
  [[nodiscard]] LocalScores cells(std::size_t factor) const;
  /// The worst of the tiles of 64 pixels, in steps of 32.
  [[nodiscard]] Tile worst(std::size_t factor) const;

 private:
  struct Grid {
    std::size_t columns = 0;
    std::size_t rows = 0;
    [[nodiscard]] std::size_t size() const { return columns * rows; }
  };
  using CellSums = std::array<float, norm_count>;

  /// The errors of one scale per cell of the picture, or per pixel if pixels are larger.
  class OfScale final : public ErrorSink {
   public:
    OfScale(std::size_t number, std::size_t across, std::size_t down);
    virtual ~OfScale() = default;
    void add(std::size_t channel, std::size_t y, std::size_t left, std::size_t count,
             const float* structure, const float* ringing, const float* blur) override;

    std::size_t scale;
    std::size_t width, height;  // in pixels of this scale
    std::size_t side;           // of a cell, in pixels of this scale
    Grid grid;
    std::array<std::vector<CellSums>, 3> sums;
  };

  void fold(const OfScale& scale, std::size_t channel);

  std::size_t width_, height_, scales_;
  Grid cells_;                 // of 8 pixels
  Grid squares_;               // of 32 pixels
  std::vector<float> errors_;  // per cell
  std::vector<Sums> parts_;    // per square, for each scale and channel
  std::vector<OfScale> gathered_;
};

}  // namespace imgmill::quality
