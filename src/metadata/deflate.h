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
/// The same bytes for the same input and the same zlib.
[[nodiscard]] Buffer deflated(ByteView bytes);

}  // namespace imgmill::metadata
