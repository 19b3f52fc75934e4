// PNG files as a raster and the other chunks (W3C PNG, third edition).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "png/raster.h"

namespace imgmill::png {

/// A chunk that does not affect how pixels are stored. Does not own its bytes.
struct Chunk {
  std::string_view type;  ///< four letters
  ByteView data;
};

/// Everything in the file except the pixels.
struct Surroundings {
  std::vector<Chunk> before;  ///< chunks before the first IDAT, in file order
  std::vector<Chunk> after;
  /// sBIT: significant bits of red (or grey), green, blue and alpha; 0: not given.
  std::array<std::uint8_t, 4> significant{};
  /// There is an ICC profile. It is valid for either grey or colour, so the raster must not change
  /// between the two.
  bool profile = false;
};

struct File {
  Raster raster;
  Surroundings surroundings;
};

/// Parses a PNG and reverses compression, filters and interlacing. Strict: any deviation from the
/// standard is an error. Allocates no more than a multiple of the input's size that deflate can
/// reach. Thread-safe.
/// Errors: bad_input (damaged), unsupported (an animation, or a critical chunk that PNG does not
/// define).
[[nodiscard]] Result<File> read_file(ByteView input);

/// Number of bytes that `raster` needs in the file besides its pixels: palette, transparency.
[[nodiscard]] std::size_t overhead(const Raster& raster);

/// Assembles a file without interlacing. `stream` is the zlib stream of the filtered rows. Omits
/// unknown chunks that are not safe to copy.
[[nodiscard]] Buffer write_file(const Raster& raster, std::span<const std::uint8_t> stream,
                                const Surroundings& surroundings);

}  // namespace imgmill::png
