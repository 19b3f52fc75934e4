#include "optimize/request.h"

#include <algorithm>

namespace imgmill {
namespace {

// Colours must become sRGB because it was asked for, or because the profile that
// explains them is not to stay. What is sRGB already only loses its profile. What a PNG says in
// chunks of its own is no metadata: in a PNG it stays.
bool to_srgb(const Source& source, Format target, const ImageSettings& settings) {
  const bool own_words = source.info.format == Format::png && target == Format::png &&
                         source.metadata.icc.empty() && source.colours.told_elsewhere;
  const bool profile = !source.colours.profile.space.empty() && !own_words;
  return settings.colour == ColourPolicy::to_srgb || (profile && !settings.keep.icc);
}

// The quality to write, no higher than what the input can be worth.
double quality_for(const Source& source, Format target, const ImageSettings& settings) {
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
  const bool said = settings.quality.global || settings.quality.own(target) ||
                    (settings.target && !settings.target->spare_lossless);
  return !said && source.info.lossless && source.info.format == target;
}

std::optional<Aim> aim_for(Format target, const ImageSettings& settings,
                           const NewMetadata& metadata) {
  if (!info(target).scored || (!settings.target && !settings.max_bytes)) return std::nullopt;
  // A size alone says nothing for or against a loss; only what was said aloud does.
  const bool said = settings.target || settings.quality.global || settings.quality.own(target);
  if (settings.compression == Compression::lossless || (said && settings.lossless_for(target))) {
    return std::nullopt;
  }
  Aim aim;
  if (settings.target) aim.target = settings.target->score;
  if (settings.quality.global || settings.quality.own(target)) {
    aim.most_quality = settings.quality.of(target);
  }
  if (settings.max_bytes) {
    // The blocks and what surrounds them in the containers.
    const std::size_t blocks = metadata.exif.size() + metadata.xmp.size() + metadata.iptc.size();
    const std::uint64_t room = blocks == 0 ? 0 : blocks + blocks / 60'000 * 40 + 200;
    aim.max_bytes = *settings.max_bytes > room ? *settings.max_bytes - room : 1;
  }
  return aim;
}

RenderRequest request_for(const Source& source, Format target, const ImageSettings& settings) {
  RenderRequest request;
  request.target = target;
  request.to_srgb = to_srgb(source, target, settings);
  request.background = settings.background;
  request.encode = {.quality = quality_for(source, target, settings),
                    .lossless = info(target).lossless && wants_lossless(source, target, settings),
                    .effort = settings.effort,
                    .clean_alpha = settings.clean_alpha};
  request.measure = settings.measure;
  return request;
}

}  // namespace imgmill
