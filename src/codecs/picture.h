// Decoded pixels.
#pragma once

#include <cstdint>
#include <vector>
#include <vips/vips8>

namespace imgmill {

/// Pictures of more pixels than this are rather computed again than held in memory.
inline constexpr double large_picture = 8e6;

/// How pixels will be read: once from top to bottom (they are then never all in memory), or in any
/// order.
enum class Access { sequential, random };

/// The kind of an extra channel (TIFF 6.0, ExtraSamples).
enum class ExtraChannel : std::uint8_t {
  unspecified = 0,  ///< a mask, a selection, an ink: no transparency
  associated = 1,   ///< alpha, with premultiplied colours
  straight = 2      ///< alpha, with colours not premultiplied
};

/// An image that can be moved: libvips's own handle leaves a copy behind, which keeps the pixels
/// and everything that they are computed from.
class MovableImage : public vips::VImage {
 public:
  MovableImage() = default;
  MovableImage(vips::VImage image) : VImage(image) {}  // NOLINT(google-explicit-constructor)
  MovableImage(const MovableImage&) = default;
  MovableImage(MovableImage&& other) noexcept : VImage(other) { other.clear(); }
  MovableImage& operator=(const MovableImage&) = default;
  MovableImage& operator=(MovableImage&& other) noexcept {
    if (this == &other) return *this;
    VImage::operator=(other);
    other.clear();
    return *this;
  }
  ~MovableImage() = default;

 private:
  void clear() { VImage::operator=(VImage()); }
};

/// One image, or all frames of an animation stacked from top to bottom. Lazy: pixels are computed
/// when they are read. Refers to the encoded bytes it came from, which must outlive it. Cheap to
/// copy. Not thread-safe.
struct Picture {
  MovableImage image;
  std::uint32_t frames = 1;
  int source_bits = 8;          ///< per channel, in the source file
  bool source_palette = false;  ///< the source file had a palette
  /// Any part of the image can be computed at any time, again and again, at little cost: there is
  /// no need to hold it in memory.
  bool on_demand = false;
  /// The kinds of the last channels, unless there are none or only straight alpha; then empty.
  std::vector<ExtraChannel> extras;

  [[nodiscard]] std::uint32_t width() const { return static_cast<std::uint32_t>(image.width()); }
  /// Returns the height of one frame.
  [[nodiscard]] std::uint32_t height() const {
    return static_cast<std::uint32_t>(image.height()) / frames;
  }
};

}  // namespace imgmill
