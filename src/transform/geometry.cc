#include "transform/geometry.h"

#include <algorithm>
#include <cmath>

namespace imgmill {
namespace {

std::uint32_t rounded(double side) {
  return static_cast<std::uint32_t>(std::clamp(std::llround(side), 1LL, 2147483647LL));
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
      if (resize.aspect == Aspect::keep) across = down = std::min(across, down);
      break;
  }
  if (resize.enlarge == Enlarge::never) {
    across = std::min(across, 1.0);
    down = std::min(down, 1.0);
  }
  return {rounded(width * across), rounded(height * down)};
}

}  // namespace imgmill
