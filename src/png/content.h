// Data to compress, produced part by part so that it is never all in memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace imgmill::png {

/// Bytes that are produced on demand, in parts, so that the filtered rows of a large picture never
/// occupy memory next to its pixels.
struct Content {
  std::size_t size = 0;
  /// Returns the bytes from `begin` to `end`; neither may exceed `size`. May be called from several
  /// threads at once; always returns the same bytes.
  std::function<std::vector<std::uint8_t>(std::size_t begin, std::size_t end)> part;

  [[nodiscard]] std::vector<std::uint8_t> all() const { return part(0, size); }
  /// Returns at most `most` bytes from the middle.
  [[nodiscard]] std::vector<std::uint8_t> middle(std::size_t most) const {
    const std::size_t length = std::min(most, size);
    const std::size_t begin = (size - length) / 2;
    return part(begin, begin + length);
  }
};

/// Wraps `bytes`, which must outlive the returned content.
[[nodiscard]] inline Content content_of(std::span<const std::uint8_t> bytes) {
  return {bytes.size(), [bytes](std::size_t begin, std::size_t end) {
            const auto part = bytes.subspan(begin, end - begin);
            return std::vector<std::uint8_t>(part.begin(), part.end());
          }};
}

}  // namespace imgmill::png
