#include "compare/moments.h"

#include <algorithm>
#include <numeric>

#include "codecs/engine.h"
#include "codecs/scenes.h"

namespace imgmill {
namespace {

using vips::VImage;

// Converts to 8-bit RGBA, ignoring profiles.
VImage plain(const Picture& picture) {
  VImage image = picture.image;
  if (image.bands() < 3 || image.format() != VIPS_FORMAT_UCHAR) {
    image = image.colourspace(VIPS_INTERPRETATION_sRGB);
  }
  return image.has_alpha() ? image : image.bandjoin_const({255});
}

VImage frame_of(const VImage& image, const Picture& picture, const Scene& scene) {
  const int height = static_cast<int>(picture.height());
  return image.crop(0, static_cast<int>(scene.frame) * height, image.width(), height);
}

}  // namespace

Result<std::vector<std::size_t>> most_different(const Picture& original, const Picture& other,
                                                std::size_t most) {
  if (!moves(original) && !moves(other)) return std::vector<std::size_t>{};
  IMGMILL_TRY(const TimeLine line, time_line(original));
  IMGMILL_TRY(const TimeLine others, time_line(other));
  if (line.length() != others.length()) return std::vector<std::size_t>{};
  return with_engine(ErrorCode::bad_input, "the frames could not be compared", [&] {
    const VImage here = plain(original);
    const VImage there = plain(other);
    std::vector<double> errors;
    for (const Scene& scene : line.scenes) {
      const Scene& shown = others.at((scene.begin + scene.end) / 2);
      errors.push_back(
          (frame_of(here, original, scene) - frame_of(there, other, shown)).abs().avg());
    }
    std::vector<std::size_t> order(errors.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t scene) { return errors[scene]; });
    order.resize(std::min(order.size(), most));
    std::ranges::sort(order);
    return order;
  });
}

}  // namespace imgmill
