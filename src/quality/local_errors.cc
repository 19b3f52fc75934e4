#include "quality/local_errors.h"

#include <algorithm>
#include <cmath>

namespace imgmill::quality {
namespace {

constexpr std::size_t cell_side = LocalScores::side;
constexpr std::size_t square_side = 32;

std::size_t pieces(std::size_t length, std::size_t piece) { return (length + piece - 1) / piece; }

}  // namespace

LocalErrors::LocalErrors(std::size_t width, std::size_t height)
    : width_(width),
      height_(height),
      scales_(scales_of(width, height)),
      cells_{pieces(width, cell_side), pieces(height, cell_side)},
      squares_{pieces(width, square_side), pieces(height, square_side)},
      errors_(cells_.size()),
      parts_(squares_.size() * 3 * scales_) {
  for (std::size_t scale = 0; scale < scales_; ++scale) {
    gathered_.emplace_back(scale, width, height);
    width = (width + 1) / 2;
    height = (height + 1) / 2;
  }
}

LocalErrors::OfScale::OfScale(std::size_t number, std::size_t across, std::size_t down)
    : scale(number),
      width(across),
      height(down),
      // From the fifth scale on, a pixel is larger than a cell.
      side(std::max<std::size_t>(1, cell_side >> number)),
      grid{pieces(width, side), pieces(height, side)} {
  for (auto& channel : sums) channel.assign(grid.size(), CellSums{});
}

void LocalErrors::OfScale::add(std::size_t channel, std::size_t y, std::size_t left,
                               std::size_t count, const float* structure, const float* ringing,
                               const float* blur) {
  CellSums* const row = &sums[channel][y / side * grid.columns];
  const float* const maps[3] = {structure, ringing, blur};
  for (std::size_t i = 0; i < count; ++i) {
    CellSums& cell = row[(left + i) / side];
    for (std::size_t map = 0; map < 3; ++map) {
      const float error = maps[map][i];
      cell[map] += error;
      cell[structure_4 + map] += error * error * error * error;
    }
  }
}

void LocalErrors::fold() {
  for (const OfScale& scale : gathered_) {
    for (std::size_t channel = 0; channel < 3; ++channel) fold(scale, channel);
  }
}

void LocalErrors::fold(const OfScale& of, std::size_t channel) {
  const double* weight = weights_of(channel, of.scale, scales_);
  const std::size_t shift = of.scale > 3 ? of.scale - 3 : 0;  // log2 of cells per pixel, along one
                                                              // axis
  std::vector<float> norms(of.grid.size());
  const std::size_t per_square = (square_side >> of.scale) / of.side;
  Sums* const parts = &parts_[(of.scale * 3 + channel) * squares_.size()];
  for (std::size_t y = 0; y < of.grid.rows; ++y) {
    const std::size_t down = std::min(of.side, of.height - y * of.side);
    for (std::size_t x = 0; x < of.grid.columns; ++x) {
      const std::size_t across = std::min(of.side, of.width - x * of.side);
      const CellSums& cell = of.sums[channel][y * of.grid.columns + x];
      norms[y * of.grid.columns + x] =
          static_cast<float>(weighted_norms(cell, static_cast<double>(down * across), weight));
      Sums& part = parts[y / per_square * squares_.columns + x / per_square];
      for (std::size_t n = 0; n < norm_count; ++n) part[n] += static_cast<double>(cell[n]);
    }
  }
  for (std::size_t y = 0; y < cells_.rows; ++y) {
    for (std::size_t x = 0; x < cells_.columns; ++x) {
      errors_[y * cells_.columns + x] += norms[(y >> shift) * of.grid.columns + (x >> shift)];
    }
  }
}

LocalScores LocalErrors::cells(std::size_t factor) const {
  LocalScores out;
  out.columns = static_cast<std::uint32_t>(pieces(width_ / factor, cell_side));
  out.rows = static_cast<std::uint32_t>(pieces(height_ / factor, cell_side));
  if (factor == 1) {
    out.errors = errors_;
    return out;
  }
  for (std::size_t y = 0; y < out.rows; ++y) {
    for (std::size_t x = 0; x < out.columns; ++x) {
      const std::size_t right = std::min((x + 1) * factor, cells_.columns);
      const std::size_t bottom = std::min((y + 1) * factor, cells_.rows);
      float sum = 0;
      for (std::size_t row = y * factor; row < bottom; ++row) {
        for (std::size_t column = x * factor; column < right; ++column) {
          sum += errors_[row * cells_.columns + column];
        }
      }
      const std::size_t count = (right - x * factor) * (bottom - y * factor);
      out.errors.push_back(sum / static_cast<float>(count));
    }
  }
  return out;
}

Tile LocalErrors::worst(std::size_t factor) const {
  double worst_error = -1;
  std::size_t at_x = 0;
  std::size_t at_y = 0;
  const auto end_of = [](std::size_t square, std::size_t squares) {
    return std::min(square + 2, squares);
  };
  // The last square of a row never starts a tile, unless it is the only one.
  const std::size_t last_x = squares_.columns > 1 ? squares_.columns - 2 : 0;
  const std::size_t last_y = squares_.rows > 1 ? squares_.rows - 2 : 0;
  for (std::size_t top = 0; top <= last_y; ++top) {
    for (std::size_t left = 0; left <= last_x; ++left) {
      double error = 0;
      for (std::size_t scale = 0; scale < scales_; ++scale) {
        const auto pixels = [&](std::size_t square, std::size_t squares, std::size_t length) {
          const std::size_t begin = (square * square_side) >> scale;
          const std::size_t whole = pieces(length, std::size_t{1} << scale);
          return static_cast<double>(
              std::min((end_of(square, squares) * square_side) >> scale, whole) - begin);
        };
        const double count =
            pixels(left, squares_.columns, width_) * pixels(top, squares_.rows, height_);
        for (std::size_t channel = 0; channel < 3; ++channel) {
          const Sums* parts = &parts_[(scale * 3 + channel) * squares_.size()];
          Sums sum{};
          for (std::size_t y = top; y < end_of(top, squares_.rows); ++y) {
            for (std::size_t x = left; x < end_of(left, squares_.columns); ++x) {
              for (std::size_t n = 0; n < norm_count; ++n) {
                sum[n] += parts[y * squares_.columns + x][n];
              }
            }
          }
          error += weighted_norms(sum, count, weights_of(channel, scale, scales_));
        }
      }
      if (error > worst_error) {
        worst_error = error;
        at_x = left;
        at_y = top;
      }
    }
  }
  const auto place = [&](std::size_t square, std::size_t squares, std::size_t length) {
    const std::size_t begin = square * square_side;
    const std::size_t end = std::min(end_of(square, squares) * square_side, length);
    return std::pair(static_cast<std::uint32_t>(begin / factor),
                     static_cast<std::uint32_t>(pieces(end, factor) - begin / factor));
  };
  const auto [left, width] = place(at_x, squares_.columns, width_);
  const auto [top, height] = place(at_y, squares_.rows, height_);
  return {left, top, width, height, score_of(worst_error)};
}

}  // namespace imgmill::quality
