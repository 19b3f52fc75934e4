#include "transform/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/try.h"

namespace imgmill {
namespace {

std::uint32_t rounded(double side) {
  return static_cast<std::uint32_t>(std::clamp(std::llround(side), 1LL, 2147483647LL));
}

std::uint32_t offset(double position) {
  return static_cast<std::uint32_t>(std::max(std::llround(position), 0LL));
}

Result<Window> cut_out(Extent from, const CropArea& area) {
  const bool percent = area.unit == CropArea::Unit::percent;
  const double across = percent ? from.width / 100.0 : 1;
  const double down = percent ? from.height / 100.0 : 1;
  Window window{offset(area.left * across),
                offset(area.top * down),
                {rounded(area.width * across), rounded(area.height * down)}};
  if (percent) {
    // Rounding both ends may exceed the picture.
    window.left = std::min(window.left, from.width - 1);
    window.top = std::min(window.top, from.height - 1);
    window.extent.width = std::min(window.extent.width, from.width - window.left);
    window.extent.height = std::min(window.extent.height, from.height - window.top);
  }
  if (std::uint64_t{window.left} + window.extent.width > from.width ||
      std::uint64_t{window.top} + window.extent.height > from.height) {
    return fail(ErrorCode::unsupported,
                fmt::format("the part to keep, {} x {} pixels at {},{}, does not lie within the "
                            "picture of {} x {}",
                            window.extent.width, window.extent.height, window.left, window.top,
                            from.width, from.height),
                "give a smaller part, or percentages such as --crop 80%x80%+10%+10%");
  }
  return window;
}

// Returns the start of an interval of length `wanted` within the one of length `there` from
// `begin`, with its middle as close to `focus` as possible.
std::uint32_t begin_around(double focus, std::uint32_t begin, std::uint32_t there,
                           std::uint32_t wanted) {
  const double most = static_cast<double>(begin) + there - wanted;
  return offset(std::clamp(focus - wanted / 2.0, static_cast<double>(begin), most));
}

// Returns the largest part of `within` with this shape, as close to the position as possible.
Window shaped(const Window& within, double shape, const Position& position, Extent from) {
  const Extent& all = within.extent;
  Window window = within;
  if (all.width > all.height * shape) {
    window.extent.width = std::min(rounded(all.height * shape), all.width);
  } else {
    window.extent.height = std::min(rounded(all.width / shape), all.height);
  }
  window.left =
      begin_around(position.x / 100 * from.width, within.left, all.width, window.extent.width);
  window.top =
      begin_around(position.y / 100 * from.height, within.top, all.height, window.extent.height);
  return window;
}

bool covers(const Resize& resize) {
  return resize.mode == ResizeMode::fit && resize.fit == Fit::cover;
}

}  // namespace

Extent resized(Extent from, const Resize& resize) {
  if (from.width == 0 || from.height == 0) return from;
  const double width = from.width;
  const double height = from.height;
  const double longest = std::max(width, height);
  const double shortest = std::min(width, height);
  double across = 1;
  double down = 1;
  switch (resize.mode) {
    case ResizeMode::none:
      return from;
    case ResizeMode::width:
      across = down = resize.width / width;
      break;
    case ResizeMode::height:
      across = down = resize.height / height;
      break;
    case ResizeMode::longest:
      across = down = resize.size / longest;
      break;
    case ResizeMode::shortest:
      across = down = resize.size / shortest;
      break;
    case ResizeMode::percent:
      across = down = resize.percent / 100;
      break;
    case ResizeMode::fit:
      across = resize.width / width;
      down = resize.height / height;
      if (resize.fit != Fit::fill) across = down = std::min(across, down);
      break;
  }
  if (resize.enlarge == Enlarge::never) {
    across = std::min(across, 1.0);
    down = std::min(down, 1.0);
  }
  return {rounded(width * across), rounded(height * down)};
}

double shape_of(const Crop& crop, const Resize& resize) {
  if (covers(resize)) return static_cast<double>(resize.width) / resize.height;
  return crop.aspect ? crop.aspect->width / crop.aspect->height : 0;
}

Result<Layout> layout_of(Extent from, const Crop& crop, const Resize& resize) {
  Window window{0, 0, from};
  if (crop.area) {
    IMGMILL_TRY(window, cut_out(from, *crop.area));
  }
  if (crop.aspect) {
    window = shaped(window, crop.aspect->width / crop.aspect->height, crop.position, from);
  }
  if (covers(resize)) {
    window = shaped(window, shape_of(crop, resize), crop.position, from);
    double scale = 1;
    if (resize.enlarge == Enlarge::never) {
      scale = std::min({1.0, static_cast<double>(window.extent.width) / resize.width,
                        static_cast<double>(window.extent.height) / resize.height});
    }
    const Extent scaled{rounded(resize.width * scale), rounded(resize.height * scale)};
    return Layout{window, scaled, scaled};
  }
  const Extent scaled = resized(window.extent, resize);
  const bool padded = resize.mode == ResizeMode::fit && resize.fit == Fit::pad;
  return Layout{window, scaled, padded ? Extent{resize.width, resize.height} : scaled};
}

Window as_stored(const Window& upright, Extent stored, int orientation) {
  const auto [left, top, extent] = upright;
  const auto [width, height] = extent;
  const Extent turned{height, width};
  switch (orientation) {
    case 2:
      return {stored.width - left - width, top, extent};
    case 3:
      return {stored.width - left - width, stored.height - top - height, extent};
    case 4:
      return {left, stored.height - top - height, extent};
    case 5:
      return {top, left, turned};
    case 6:
      return {top, stored.height - left - width, turned};
    case 7:
      return {stored.width - top - height, stored.height - left - width, turned};
    case 8:
      return {stored.width - top - height, left, turned};
    default:
      return upright;
  }
}

}  // namespace imgmill
