#include "optimize/verify.h"

#include <cstring>
#include <vector>

#include "codecs/engine.h"

namespace imgmill {
namespace {

using vips::VImage;

// Four channels of one type, so that only the samples differ.
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
  return out;
}

std::vector<int> delays(const VImage& image) {
  if (image.get_typeof("delay") == 0) return {};
  return image.get_array_int("delay");
}

// Pixel by pixel, where hidden colours do not count.
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

}  // namespace

Result<bool> same_pixels(const Picture& one, const Picture& other, HiddenColours hidden) {
  return with_engine(ErrorCode::bad_input, "the pixels could not be compared", [&] {
    if (one.frames != other.frames || one.width() != other.width() ||
        one.height() != other.height()) {
      return false;
    }
    if (one.frames > 1 &&
        (delays(one.image) != delays(other.image) ||
         header_int(one.image, "loop", 0) != header_int(other.image, "loop", 0))) {
      return false;
    }
    VImage left = one.image;
    VImage right = other.image;
    // The usual case is quick: nothing has to be made comparable first.
    if (left.bands() == right.bands() && left.format() == right.format() &&
        left.interpretation() == right.interpretation()) {
      left = left.copy_memory();
      right = right.copy_memory();
      const std::size_t size = VIPS_IMAGE_SIZEOF_IMAGE(left.get_image());
      if (std::memcmp(left.data(), right.data(), size) == 0) return true;
    }
    const bool wide = left.format() == VIPS_FORMAT_USHORT || right.format() == VIPS_FORMAT_USHORT;
    const VImage a = comparable(left, wide).copy_memory();
    const VImage b = comparable(right, wide).copy_memory();
    if (a.bands() != b.bands() || a.format() != b.format()) return false;
    const std::size_t bytes = VIPS_IMAGE_SIZEOF_IMAGE(a.get_image());
    if (std::memcmp(a.data(), b.data(), bytes) == 0) return true;
    return hidden == HiddenColours::ignore && a.bands() == 4 && same_visible(a, b);
  });
}

}  // namespace imgmill
