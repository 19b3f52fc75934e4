#include "optimize/candidates/verify.h"

#include <algorithm>
#include <array>
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

// Pixel by pixel of a row, where hidden colours do not count.
bool same_visible(const std::uint8_t* a, const std::uint8_t* b, int width, std::size_t pixel,
                  std::size_t sample) {
  constexpr std::array<std::uint8_t, sizeof(double)> zero{};
  const std::size_t alpha = pixel - sample;
  for (int x = 0; x < width; ++x, a += pixel, b += pixel) {
    if (std::memcmp(a, b, pixel) == 0) continue;
    const bool both_hidden = std::memcmp(a + alpha, zero.data(), sample) == 0 &&
                             std::memcmp(b + alpha, zero.data(), sample) == 0;
    if (!both_hidden) return false;
  }
  return true;
}

// A band at a time from the top, so that neither has to stand in memory.
bool same_samples(const VImage& one, const VImage& other, HiddenColours hidden) {
  constexpr int thickness = 128;
  const int width = one.width();
  const std::size_t sample = VIPS_IMAGE_SIZEOF_ELEMENT(one.get_image());
  const std::size_t pixel = sample * static_cast<std::size_t>(one.bands());
  const std::size_t row = pixel * static_cast<std::size_t>(width);
  const bool may_hide = hidden == HiddenColours::ignore && one.bands() == 4;
  vips::VRegion left = one.region();
  vips::VRegion right = other.region();
  for (int top = 0; top < one.height(); top += thickness) {
    const int height = std::min(thickness, one.height() - top);
    left.prepare(0, top, width, height);
    right.prepare(0, top, width, height);
    for (int y = top; y < top + height; ++y) {
      const auto* a = reinterpret_cast<const std::uint8_t*>(left.addr(0, y));
      const auto* b = reinterpret_cast<const std::uint8_t*>(right.addr(0, y));
      if (std::memcmp(a, b, row) == 0) continue;
      if (!may_hide || !same_visible(a, b, width, pixel, sample)) return false;
    }
  }
  return true;
}

bool same_still(const VImage& one, const VImage& other, HiddenColours hidden) {
  // The usual case is quick: nothing has to be made comparable first.
  const bool alike = one.bands() == other.bands() && one.format() == other.format() &&
                     one.interpretation() == other.interpretation();
  if (alike && hidden == HiddenColours::compare) return same_samples(one, other, hidden);
  const bool wide = is_wide(one) || is_wide(other);
  const VImage a = comparable(one, wide);
  const VImage b = comparable(other, wide);
  if (a.bands() != b.bands() || a.format() != b.format()) return false;
  return same_samples(a, b, hidden);
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
