#include "optimize/candidates/framing.h"

#include "base/try.h"
#include "metadata/xmp.h"
#include "optimize/candidates/render.h"
#include "optimize/source/damage.h"
#include "optimize/source/implied_colours.h"
#include "transform/framing.h"
#include "transform/scale.h"

namespace imgmill {
namespace {

// libvips's smart cropping examines no more pixels than this.
constexpr std::uint32_t small_side = 512;

Result<Picture> decoded_upright(const Source& source, const ImageInfo& info, const Resize& resize,
                                Damage damage) {
  IMGMILL_TRY(Picture picture, decoded(source, info, {.damage = damage}));
  IMGMILL_TRY(picture, scaled_to(std::move(picture),
                                 resized({picture.width(), picture.height()}, resize), resize));
  return turned_upright(std::move(picture), source.info.orientation);
}

// Returns the area that remains after trimming, in pixels.
Result<CropArea> area_inside_borders(const Source& source, int threshold) {
  IMGMILL_TRY(const Window window, without_damage(source, [&](Damage damage) -> Result<Window> {
                IMGMILL_TRY(const Picture picture,
                            decoded_upright(source, source.info, {}, damage));
                return without_borders(picture, threshold);
              }));
  return CropArea{.left = static_cast<double>(window.left),
                  .top = static_cast<double>(window.top),
                  .width = static_cast<double>(window.extent.width),
                  .height = static_cast<double>(window.extent.height)};
}

// Returns the middle of the regions that the file has marked, as a position in the upright picture.
std::optional<Position> marked_in(const Source& source) {
  const std::optional<RegionBox> box = read_xmp(source.metadata.xmp.view()).regions;
  if (!box) return std::nullopt;
  const double x = 50 * (box->left + box->right);
  const double y = 50 * (box->top + box->bottom);
  switch (source.info.orientation) {
    case 2:
      return Position{.x = 100 - x, .y = y};
    case 3:
      return Position{.x = 100 - x, .y = 100 - y};
    case 4:
      return Position{.x = x, .y = 100 - y};
    case 5:
      return Position{.x = y, .y = x};
    case 6:
      return Position{.x = 100 - y, .y = x};
    case 7:
      return Position{.x = 100 - y, .y = 100 - x};
    case 8:
      return Position{.x = y, .y = 100 - x};
    default:
      return Position{.x = x, .y = y};
  }
}

// Returns the most important part of the crop's area, as a position in the whole picture.
Result<Position> point_of(const Source& source, const Crop& crop, double shape) {
  const bool marked = crop.position.by == Position::By::regions;
  if (const auto point = marked ? marked_in(source) : std::nullopt) return *point;
  ImageInfo first = source.info;
  first.frames = 1;
  const Resize small{.mode = ResizeMode::longest, .size = small_side};
  IMGMILL_TRY(const Picture picture, without_damage(source, [&](Damage damage) {
                return decoded_upright(source, first, small, damage);
              }));
  const Extent whole{picture.width(), picture.height()};
  CropArea area{0, 0, 100, 100, CropArea::Unit::percent};
  if (crop.area) {
    const Extent full = whole_extent(source);
    const bool pixels = crop.area->unit == CropArea::Unit::pixels;
    const double across = pixels ? 100.0 / full.width : 1;
    const double down = pixels ? 100.0 / full.height : 1;
    area = {crop.area->left * across, crop.area->top * down, crop.area->width * across,
            crop.area->height * down, CropArea::Unit::percent};
  }
  IMGMILL_TRY(const Layout layout, layout_of(whole, {.area = area}, {}));
  IMGMILL_TRY(const Picture part, cropped(picture, layout.window));
  IMGMILL_TRY(const Position found, most_important(part, shape, crop.position.by));
  return Position{.x = area.left + found.x / 100 * area.width,
                  .y = area.top + found.y / 100 * area.height};
}

}  // namespace

bool crops_by_pixels(const ImageSettings& settings) {
  const Crop& crop = settings.crop;
  return crop.trim ||
         (crop.position.by != Position::By::point && shape_of(crop, settings.resize) > 0);
}

Result<EncodePlan> resolve_by_pixels(const Source& source, ImageSettings settings) {
  Crop& crop = settings.crop;
  if (crop.trim) {
    IMGMILL_TRY(crop.area, area_inside_borders(source, *crop.trim));
    crop.trim.reset();
  }
  const double shape = shape_of(crop, settings.resize);
  if (crop.position.by != Position::By::point && shape > 0) {
    IMGMILL_TRY(crop.position, point_of(source, crop, shape));
  }
  return resolve(source, settings);
}

}  // namespace imgmill
