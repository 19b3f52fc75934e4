// The pixels of a GIF's frame: LZW with codes of growing length (GIF89a, appendix F).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "imgmill/buffer.h"

namespace imgmill {

struct GifUnpacked {
  /// Less than asked for where the data ends early or is damaged.
  std::size_t indices = 0;
  /// Bytes of codes behind the last index, where the code for the end does not follow on it.
  std::size_t left_over = 0;
};

/// Fills `indices` from `sub_blocks`, which stand behind each other with their length bytes.
/// `literal_bits` is the code size that the frame says, 1 to 8. Thread-safe.
[[nodiscard]] GifUnpacked unpack_gif(ByteView sub_blocks, int literal_bits,
                                     std::span<std::uint8_t> indices);

}  // namespace imgmill
