// What a level costs in bits, before the codes are known.
#pragma once

#include <array>
#include <cstddef>

#include "jpeg/huffman.h"

namespace imgmill::jpeg {

class RateModel {
 public:
  /// Of photographs at usual qualities.
  [[nodiscard]] static RateModel usual();
  /// From the AC symbols of a sequential scan.
  [[nodiscard]] static RateModel of(const Histogram& symbols);

  /// Of a level of `size` bits after `run` zeros.
  [[nodiscard]] float bits(int run, int size) const {
    return table_[static_cast<std::size_t>(run) * 16 + static_cast<std::size_t>(size)];
  }
  [[nodiscard]] float end() const { return end_; }
  [[nodiscard]] float empty() const { return empty_; }
  [[nodiscard]] float least() const { return least_; }

 private:
  std::array<float, 64 * 16> table_{};
  float end_ = 0;
  float empty_ = 0;
  float least_ = 0;
};

}  // namespace imgmill::jpeg
