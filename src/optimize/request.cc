#include "optimize/request.h"

#include <algorithm>

namespace imgmill {
namespace {

// Colours must be converted to sRGB if that was requested, or if the profile that defines them is
// not kept. sRGB pictures only lose their profile. The colour chunks of a PNG are not metadata: in
// a PNG they stay.
bool to_srgb(const Source& source, Format target, const ImageSettings& settings) {
  const bool own_words = source.info.format == Format::png && target == Format::png &&
                         source.metadata.icc.empty() && source.colours.implied;
  const bool profile = !source.colours.profile.space.empty() && !own_words;
  return settings.colour == ColourPolicy::to_srgb || (profile && !settings.keep.icc);
}

// The quality to write, limited to the input's own quality.
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
  // The author chose lossless for this picture; unless the user says otherwise it stays that way.
  const bool said = settings.quality.global || settings.quality.own(target) ||
                    (settings.target && !settings.target->spare_lossless);
  return !said && source.info.lossless && source.info.format == target;
}

std::optional<Aim> aim_for(Format target, const ImageSettings& settings,
                           const NewMetadata& metadata) {
  if (!info(target).scored || (!settings.target && !settings.max_bytes)) return std::nullopt;
  // A size limit alone neither allows nor forbids loss; only an explicit setting does.
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
    // The metadata blocks and their container overhead.
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
  request.resize = settings.resize;
  request.encode = {.quality = quality_for(source, target, settings),
                    .lossless = info(target).lossless && wants_lossless(source, target, settings),
                    .effort = settings.effort,
                    .clean_alpha = settings.clean_alpha};
  request.measure = settings.measure;
  return request;
}

}  // namespace imgmill
