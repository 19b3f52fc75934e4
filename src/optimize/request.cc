#include "optimize/request.h"

#include <algorithm>

namespace imgmill {
namespace {

// Colours must become sRGB because it was asked for, or because the profile that
// explains them is not to stay. What is sRGB already only loses its profile.
bool to_srgb(const Source& source, const ImageSettings& settings) {
  const bool profile = !source.colours.profile.space.empty();
  return settings.colour == ColourPolicy::to_srgb || (profile && !settings.keep.icc);
}

// The quality to write, no higher than what the input can be worth.
int quality_for(const Source& source, Format target, const ImageSettings& settings) {
  const int asked = settings.quality.of(target);
  if (target == Format::jpeg && source.info.format == Format::jpeg && source.info.quality) {
    return std::min(asked, *source.info.quality);
  }
  return asked;
}

}  // namespace

bool wants_lossless(const Source& source, Format target, const ImageSettings& settings) {
  if (settings.lossless_for(target)) return true;
  // Somebody chose lossless for this picture; without a word to the contrary
  // it stays that way.
  const bool said = settings.quality.global || settings.quality.own(target);
  return !said && source.info.lossless && source.info.format == target;
}

RenderRequest request_for(const Source& source, Format target, const ImageSettings& settings) {
  RenderRequest request;
  request.target = target;
  request.to_srgb = to_srgb(source, settings);
  request.background = settings.background;
  request.encode = {.quality = quality_for(source, target, settings),
                    .lossless = info(target).lossless && wants_lossless(source, target, settings),
                    .effort = settings.effort};
  return request;
}

}  // namespace imgmill
