// Bounded decompression of zlib streams inside metadata.
#pragma once

#include <optional>

#include "imgmill/buffer.h"

namespace imgmill::metadata {

/// More than any real profile or packet, less than would do harm.
inline constexpr std::size_t max_inflated_bytes = std::size_t{16} << 20;

/// None if the stream is damaged or inflates to more than `limit`.
[[nodiscard]] std::optional<Buffer> inflate_bounded(ByteView stream,
                                                    std::size_t limit = max_inflated_bytes);

/// Bounds the total over many streams of one file, each of which may be a small bomb.
class InflateBudget {
 public:
  explicit InflateBudget(std::size_t bytes = 2 * max_inflated_bytes) : left_(bytes) {}
  /// As inflate_bounded(); also none if the budget is too small. All output counts against the
  /// budget, whether it is used or not.
  [[nodiscard]] std::optional<Buffer> inflate(ByteView stream);
  [[nodiscard]] std::size_t left() const { return left_; }

 private:
  std::size_t left_;
};

/// Returns at most the first `size` bytes of the inflated `stream`; fewer if it is shorter or
/// damaged after them. Inflates no more than that.
[[nodiscard]] Buffer inflated_start(ByteView stream, std::size_t size);

/// Deterministic for the same input and the same zlib.
[[nodiscard]] Buffer deflated(ByteView bytes);

}  // namespace imgmill::metadata
