#include "optimize/verify.h"

#include <cstring>
#include <vector>

#include "codecs/engine.h"
#include "codecs/scenes.h"

namespace imgmill {
namespace {

using vips::VImage;

// Converts to four channels of one type, so that only samples can differ.
VImage comparable(const VImage& image, bool wide) {
  VImage out = image.copy();
  if (out.get_typeof(VIPS_META_ICC_NAME) != 0) out.remove(VIPS_META_ICC_NAME);
  if (image.interpretation() == VIPS_INTERPRETATION_CMYK || image.bands() > 4) return out;
  const bool alpha = out.has_alpha();
  const int colours = alpha ? out.bands() - 1 : out.bands();
  const double opaque = wide ? 65535 : 255;
  if (wide && out.format() == VIPS_FORMAT_UCHAR) out = (out * 257).cast(VIPS_FORMAT_USHORT);
  if (colours == 1) {
    const VImage grey = out.extract_band(0);
    std::vector<VImage> bands{grey, grey, grey};
    if (alpha) bands.push_back(out.extract_band(1));
    out = VImage::bandjoin(bands);
  }
  if (!alpha) out = out.bandjoin_const({opaque}).cast(out.format());
  return out.copy(VImage::option()->set(
      "interpretation", wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB));
}

bool is_wide(const VImage& image) { return image.format() == VIPS_FORMAT_USHORT; }

// Compares pixel by pixel, ignoring hidden colours.
bool same_visible(const VImage& one, const VImage& other) {
  const std::size_t sample = VIPS_IMAGE_SIZEOF_ELEMENT(one.get_image());
  const std::size_t pixel = sample * static_cast<std::size_t>(one.bands());
  const auto* a = static_cast<const std::uint8_t*>(one.data());
  const auto* b = static_cast<const std::uint8_t*>(other.data());
  const std::size_t count =
      static_cast<std::size_t>(one.width()) * static_cast<std::size_t>(one.height());
  const std::vector<std::uint8_t> zero(sample, 0);
  for (std::size_t i = 0; i < count; ++i, a += pixel, b += pixel) {
    if (std::memcmp(a, b, pixel) == 0) continue;
    const std::size_t alpha = pixel - sample;
    const bool both_hidden = std::memcmp(a + alpha, zero.data(), sample) == 0 &&
                             std::memcmp(b + alpha, zero.data(), sample) == 0;
    if (!both_hidden) return false;
  }
  return true;
}

bool same_still(const VImage& one, const VImage& other, HiddenColours hidden) {
  VImage left = one;
  VImage right = other;
  // The common case is fast and needs no conversion.
  if (left.bands() == right.bands() && left.format() == right.format() &&
      left.interpretation() == right.interpretation()) {
    left = left.copy_memory();
    right = right.copy_memory();
    const std::size_t size = VIPS_IMAGE_SIZEOF_IMAGE(left.get_image());
    if (std::memcmp(left.data(), right.data(), size) == 0) return true;
  }
  const bool wide = is_wide(left) || is_wide(right);
  const VImage a = comparable(left, wide).copy_memory();
  const VImage b = comparable(right, wide).copy_memory();
  if (a.bands() != b.bands() || a.format() != b.format()) return false;
  const std::size_t bytes = VIPS_IMAGE_SIZEOF_IMAGE(a.get_image());
  if (std::memcmp(a.data(), b.data(), bytes) == 0) return true;
  return hidden == HiddenColours::ignore && a.bands() == 4 && same_visible(a, b);
}

// Compares scene by scene, as both decoders produce them.
bool same_over_time(const Picture& one, const Picture& other) {
  const bool wide = is_wide(one.image) || is_wide(other.image);
  const Picture left{.image = comparable(one.image, wide), .frames = one.frames};
  const Picture right{.image = comparable(other.image, wide), .frames = other.frames};
  if (left.image.bands() != right.image.bands() || left.image.format() != right.image.format()) {
    return false;
  }
  SceneReader a(left);
  SceneReader b(right);
  for (;;) {
    const std::optional<Scene> here = a.next();
    const std::optional<Scene> there = b.next();
    if (!here && !there) return plays_of(one) == plays_of(other);
    if (!here || !there || a.pixels() != b.pixels()) return false;
    // A file that shows one picture all the time is not animated, whatever its durations and play
    // count.
    const bool whole = here->begin == 0 && a.at_end() && b.at_end();
    if (whole) return true;
    if (here->end != there->end) return false;
  }
}

}  // namespace

Result<bool> same_pixels(const Picture& one, const Picture& other, HiddenColours hidden) {
  return with_engine(ErrorCode::bad_input, "the pixels could not be compared", [&] {
    if (one.width() != other.width() || one.height() != other.height()) return false;
    if (moves(one) || moves(other)) return same_over_time(one, other);
    return one.frames == other.frames && same_still(one.image, other.image, hidden);
  });
}

}  // namespace imgmill
