// PNG files as a raster and the chunks around it (W3C PNG, third edition).
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

/// A chunk that has nothing to do with how pixels are stored. Refers to somebody else's bytes.
struct Chunk {
  std::string_view type;  ///< four letters
  ByteView data;
};

/// What stands around the pixels.
struct Surroundings {
  std::vector<Chunk> before;  ///< the first IDAT, in the file's order
  std::vector<Chunk> after;
  /// sBIT: bits that mean something, of red (or grey), green, blue and alpha; 0: not said.
  std::array<std::uint8_t, 4> significant{};
  /// There is a profile, which is made either for grey or for colours: what is grey has to stay
  /// grey, and what is not, not.
  bool profile = false;
};

struct File {
  Raster raster;
  Surroundings surroundings;
};

/// Takes a PNG apart and undoes its compression, filters and interlacing. Strict: whatever is
/// not exactly as the standard wants it is an error. Thread-safe; allocates no more than a
/// multiple of the input's size that deflate can reach.
/// Errors: bad_input (damaged), unsupported (an animation, or a critical chunk that is not
/// PNG's own).
[[nodiscard]] Result<File> read_file(ByteView input);

/// The bytes that `raster` needs in the file besides its pixels: palette, transparency.
[[nodiscard]] std::size_t overhead(const Raster& raster);

/// Puts a file together, without interlacing. `stream` is the zlib stream of the filtered rows.
/// Chunks of programs that do not allow to be copied with other pixels' bytes are left out.
[[nodiscard]] Buffer write_file(const Raster& raster, std::span<const std::uint8_t> stream,
                                const Surroundings& surroundings);

}  // namespace imgmill::png
