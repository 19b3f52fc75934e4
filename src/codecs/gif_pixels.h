// Decodes the pixels of a GIF frame: LZW with codes of growing length (GIF89a, appendix F).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "imgmill/buffer.h"

namespace imgmill {

struct GifUnpacked {
  /// Fewer than requested if the data ends early or is damaged.
  std::size_t indices = 0;
  /// Unread code bytes after the last index if no end code follows it.
  std::size_t left_over = 0;
};

/// Fills `indices` from consecutive `sub_blocks` with their length bytes. `literal_bits` is the
/// frame's code size, 1 to 8. Thread-safe.
[[nodiscard]] GifUnpacked unpack_gif(ByteView sub_blocks, int literal_bits,
                                     std::span<std::uint8_t> indices);

}  // namespace imgmill
