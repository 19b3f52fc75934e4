// The reduced picture from which placeholders are computed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace imgmill {

/// sRGB with straight alpha, 4 bytes per pixel, rows from top to bottom without padding.
struct SmallPicture {
  /// ThumbHash is defined for at most this many pixels per side; more would not change a hash.
  static constexpr std::uint32_t longest_side = 100;

  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> rgba;

  [[nodiscard]] const std::uint8_t* at(std::uint32_t x, std::uint32_t y) const {
    return &rgba[(std::size_t{y} * width + x) * 4];
  }
};

}  // namespace imgmill
