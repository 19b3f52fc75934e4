// zlib streams inside metadata, bounded.
#pragma once

#include <optional>

#include "imgmill/buffer.h"

namespace imgmill::metadata {

/// More than any real profile or packet, less than what would hurt.
inline constexpr std::size_t max_inflated_bytes = std::size_t{16} << 20;

/// Nothing when the stream is damaged or larger than `limit` once inflated.
[[nodiscard]] std::optional<Buffer> inflate_bounded(ByteView stream,
                                                    std::size_t limit = max_inflated_bytes);

/// Bounds the sum over many streams of one file, of which each may be a small bomb.
class InflateBudget {
 public:
  explicit InflateBudget(std::size_t bytes = 2 * max_inflated_bytes) : left_(bytes) {}
  /// As inflate_bounded(), and nothing either when the budget is too small. What
  /// comes out is paid for, whether it turns out to be of use or not.
  [[nodiscard]] std::optional<Buffer> inflate(ByteView stream);
  [[nodiscard]] std::size_t left() const { return left_; }

 private:
  std::size_t left_;
};

/// At most the first `size` bytes of what `stream` inflates to; fewer when it is
/// shorter or damaged behind them. Costs no more than that.
[[nodiscard]] Buffer inflated_start(ByteView stream, std::size_t size);

/// The same bytes for the same input and the same zlib.
[[nodiscard]] Buffer deflated(ByteView bytes);

}  // namespace imgmill::metadata
