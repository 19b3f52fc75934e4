// Estimates the cost of a level in bits before the codes are known.
#pragma once

#include <array>
#include <cstddef>

#include "jpeg/huffman.h"

namespace imgmill::jpeg {

class RateModel {
 public:
  /// The model for photographs at usual qualities.
  [[nodiscard]] static RateModel usual();
  /// The model for the AC symbols of a sequential scan (T.81, F.1.2.2).
  [[nodiscard]] static RateModel of(const Histogram& symbols);

  /// The bits for a level of `size` bits, 1..15, after 0..63 zeros.
  [[nodiscard]] const float* of_size(int size) const {
    return table_.data() + runs * static_cast<std::size_t>(size);
  }
  /// The bits for the end of a block.
  [[nodiscard]] float end() const { return end_; }

 private:
  static constexpr std::size_t runs = 64;
  static constexpr std::size_t sizes = 16;

  std::array<float, runs * sizes> table_{};
  float end_ = 0;
};

}  // namespace imgmill::jpeg
