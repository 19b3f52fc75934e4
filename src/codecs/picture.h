// Decoded pixels on their way through imgmill.
#pragma once

#include <cstdint>
#include <vector>
#include <vips/vips8>

namespace imgmill {

/// How pixels will be read: once from top to bottom (they are then never all in
/// memory), or in any order.
enum class Access { sequential, random };

/// What a channel behind those for colours is (TIFF 6.0, ExtraSamples).
enum class ExtraChannel : std::uint8_t {
  unspecified = 0,  ///< a mask, a selection, an ink: no transparency
  associated = 1,   ///< alpha that the colours have been multiplied by
  straight = 2      ///< alpha beside whole colours
};

/// One image, or all frames of an animation stacked from top to bottom. Lazy:
/// pixels are computed when somebody reads them. It refers to the encoded bytes
/// it came from, which must outlive it. Cheap to copy; not to be used by two
/// threads at once.
struct Picture {
  vips::VImage image;
  std::uint32_t frames = 1;
  int source_bits = 8;          ///< per channel, in the file it came from
  bool source_palette = false;  ///< it came from a palette
  /// The last channels of the image, where their file says more of them than that the only one is
  /// straight alpha. Empty: there is none, or it is that.
  std::vector<ExtraChannel> extras;

  [[nodiscard]] std::uint32_t width() const { return static_cast<std::uint32_t>(image.width()); }
  /// Of one frame.
  [[nodiscard]] std::uint32_t height() const {
    return static_cast<std::uint32_t>(image.height()) / frames;
  }
};

}  // namespace imgmill
