#include "transform/framing.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/try.h"
#include "codecs/engine.h"

namespace imgmill {
namespace {

using vips::VImage;

// Applies `change` to each frame.
template <typename Change>
Picture frame_by_frame(Picture picture, const Change& change) {
  if (picture.frames == 1) {
    picture.image = change(picture.image);
    return picture;
  }
  const VImage image = picture.image.copy_memory();
  const int height = static_cast<int>(picture.height());
  std::vector<VImage> frames;
  for (std::uint32_t i = 0; i < picture.frames; ++i) {
    frames.push_back(change(image.crop(0, static_cast<int>(i) * height, image.width(), height)));
  }
  picture.image = VImage::arrayjoin(frames, VImage::option()->set("across", 1)).copy();
  picture.image.set(VIPS_META_PAGE_HEIGHT, frames.front().height());
  return picture;
}

// Returns the largest sample value of colours, or of alpha.
double top_of(const VImage& image) {
  switch (image.format()) {
    case VIPS_FORMAT_UCHAR:
      return 255;
    case VIPS_FORMAT_USHORT:
      return 65535;
    default:
      return 1;
  }
}

// Returns `colour` as samples of `image`, with opaque alpha if it has alpha.
std::vector<double> samples_of(Colour colour, const VImage& image) {
  const double scale = top_of(image) / 255;
  std::vector<double> samples = {colour.red * scale, colour.green * scale, colour.blue * scale};
  if (image.bands() < 3) samples.resize(1);
  if (image.has_alpha()) samples.push_back(top_of(image));
  return samples;
}

bool is_grey(Colour colour) { return colour.red == colour.green && colour.green == colour.blue; }

// Returns the part of one frame in memory that differs from the upper left pixel; empty if none
// does.
Window found_in(const VImage& frame, int threshold) {
  VImage image = frame;
  std::vector<double> corner = image.getpoint(0, 0);
  if (image.has_alpha()) {
    // Invisible colours do not count as content.
    const int alpha = image.bands() - 1;
    const bool clear = corner[static_cast<std::size_t>(alpha)] == 0;
    image = clear ? image.extract_band(alpha)
                  : image.extract_band(0, VImage::option()->set("n", alpha));
    corner = clear ? std::vector<double>{0} : std::vector<double>(corner.begin(), corner.end() - 1);
  }
  int top = 0;
  int width = 0;
  int height = 0;
  auto* options = VImage::option()
                      ->set("background", corner)
                      ->set("threshold", threshold * top_of(image) / 255)
                      ->set("line_art", true);
  const int left = image.find_trim(&top, &width, &height, options);
  return {static_cast<std::uint32_t>(left),
          static_cast<std::uint32_t>(top),
          {static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)}};
}

Window around_both(const Window& one, const Window& other) {
  if (one.extent.width == 0 || one.extent.height == 0) return other;
  if (other.extent.width == 0 || other.extent.height == 0) return one;
  const std::uint32_t left = std::min(one.left, other.left);
  const std::uint32_t top = std::min(one.top, other.top);
  const std::uint32_t right =
      std::max(one.left + one.extent.width, other.left + other.extent.width);
  const std::uint32_t bottom =
      std::max(one.top + one.extent.height, other.top + other.extent.height);
  return {left, top, {right - left, bottom - top}};
}

}  // namespace

Result<Picture> cropped(Picture picture, const Window& window) {
  const Extent whole{picture.width(), picture.height()};
  if (window == Window{0, 0, whole}) return picture;
  return with_engine(ErrorCode::bad_input, "the picture could not be cropped", [&] {
    return frame_by_frame(std::move(picture), [&](const VImage& frame) {
      return frame.crop(static_cast<int>(window.left), static_cast<int>(window.top),
                        static_cast<int>(window.extent.width),
                        static_cast<int>(window.extent.height));
    });
  });
}

Result<Picture> padded(Picture picture, Extent extent, Colour background) {
  if (Extent{picture.width(), picture.height()} == extent) return picture;
  return with_engine(ErrorCode::bad_input, "the picture could not be padded", [&] {
    if (picture.image.bands() < 3 && !is_grey(background)) {
      picture.image = picture.image.colourspace(picture.image.format() == VIPS_FORMAT_USHORT
                                                    ? VIPS_INTERPRETATION_RGB16
                                                    : VIPS_INTERPRETATION_sRGB);
    }
    return frame_by_frame(std::move(picture), [&](const VImage& frame) {
      const auto width = static_cast<int>(extent.width);
      const auto height = static_cast<int>(extent.height);
      return frame.embed((width - frame.width()) / 2, (height - frame.height()) / 2, width, height,
                         VImage::option()
                             ->set("extend", VIPS_EXTEND_BACKGROUND)
                             ->set("background", samples_of(background, frame)));
    });
  });
}

Result<Window> without_borders(const Picture& picture, int threshold) {
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    const VImage image = picture.image.copy_memory();
    const int height = static_cast<int>(picture.height());
    Window window;
    for (std::uint32_t i = 0; i < picture.frames; ++i) {
      const VImage frame = image.crop(0, static_cast<int>(i) * height, image.width(), height);
      window = around_both(window, found_in(frame, threshold));
    }
    const bool nothing = window.extent.width == 0 || window.extent.height == 0;
    return nothing ? Window{0, 0, {picture.width(), picture.height()}} : window;
  });
}

Result<Position> most_important(const Picture& picture, double shape, Position::By by) {
  IMGMILL_TRY(const Layout layout, layout_of({picture.width(), picture.height()},
                                             {.aspect = AspectRatio{shape, 1}}, {}));
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    const VImage image = picture.image.copy_memory();
    const Extent part = layout.window.extent;
    const VImage found =
        image.smartcrop(static_cast<int>(part.width), static_cast<int>(part.height),
                        VImage::option()->set("interesting", by == Position::By::entropy
                                                                 ? VIPS_INTERESTING_ENTROPY
                                                                 : VIPS_INTERESTING_ATTENTION));
    return Position{.x = 100 * (-found.xoffset() + part.width / 2.0) / image.width(),
                    .y = 100 * (-found.yoffset() + part.height / 2.0) / image.height()};
  });
}

}  // namespace imgmill
