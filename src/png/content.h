// What is to be compressed, without all of it in memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace imgmill::png {

/// Bytes in parts that are made whenever they are asked for, so that a large picture's filtered
/// rows never stand in memory beside its pixels.
struct Content {
  std::size_t size = 0;
  /// The bytes from `begin` to `end`, neither beyond `size`. May be called by several threads at
  /// once, and gives the same each time.
  std::function<std::vector<std::uint8_t>(std::size_t begin, std::size_t end)> part;

  [[nodiscard]] std::vector<std::uint8_t> all() const { return part(0, size); }
  /// At most `most` bytes from the middle.
  [[nodiscard]] std::vector<std::uint8_t> middle(std::size_t most) const {
    const std::size_t length = std::min(most, size);
    const std::size_t begin = (size - length) / 2;
    return part(begin, begin + length);
  }
};

/// `bytes`, which have to live as long as what is returned.
[[nodiscard]] inline Content content_of(std::span<const std::uint8_t> bytes) {
  return {bytes.size(), [bytes](std::size_t begin, std::size_t end) {
            const auto part = bytes.subspan(begin, end - begin);
            return std::vector<std::uint8_t>(part.begin(), part.end());
          }};
}

}  // namespace imgmill::png
