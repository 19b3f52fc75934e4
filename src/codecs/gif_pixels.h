// The pixels of a GIF's frame: LZW with codes of growing length (GIF89a, appendix F).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "imgmill/buffer.h"

namespace imgmill {

/// Fills `indices` from `sub_blocks`, which stand behind each other with their length bytes.
/// `literal_bits` is the code size that the frame says, 1 to 8. What follows on the last index is
/// not looked at. Returns how many indices there were: less than asked for where the data ends
/// early or is damaged. Thread-safe.
[[nodiscard]] std::size_t unpack_gif(ByteView sub_blocks, int literal_bits,
                                     std::span<std::uint8_t> indices);

}  // namespace imgmill
