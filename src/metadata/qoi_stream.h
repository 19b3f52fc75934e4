// QOI as a header and a stream of chunks ("The Quite OK Image Format" 1.0, qoiformat.org): no
// metadata.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/inventory.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

inline constexpr std::size_t qoi_header_size = 14;
/// The last bytes of every file.
inline constexpr std::array<std::byte, 8> qoi_end = {std::byte{0}, std::byte{0}, std::byte{0},
                                                     std::byte{0}, std::byte{0}, std::byte{0},
                                                     std::byte{0}, std::byte{1}};

struct QoiHeader {
  std::uint32_t width = 0;  ///< pixels, at least 1; as `height`
  std::uint32_t height = 0;
  int channels = 3;     ///< 3, or 4 with straight alpha
  bool linear = false;  ///< the colours are linear light instead of sRGB
};

/// Errors: bad_input (not a header, or one with values that the format does not define).
/// Thread-safe, as all below.
[[nodiscard]] Result<QoiHeader> read_qoi_header(ByteView file);

[[nodiscard]] MetadataBlocks read_qoi(ByteView file);
/// Returns a copy, since there is nothing to remove. Errors: bad_input.
[[nodiscard]] Result<Rewritten> rewrite_qoi(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp);
[[nodiscard]] std::vector<Holding> list_qoi(ByteView file);

}  // namespace imgmill::metadata
