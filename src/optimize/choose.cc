#include "optimize/choose.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/time_left.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "optimize/account.h"
#include "optimize/convert.h"
#include "optimize/same_format.h"
#include "quality/features.h"

namespace imgmill {
namespace {

// Only a part is examined: classifying a picture does not take every pixel.
constexpr double glance_pixels = 500'000;

Result<Features> glance(const Source& source) {
  const double pixels = static_cast<double>(source.info.width) * source.info.height;
  ImageInfo info = source.info;
  info.frames = 1;
  IMGMILL_TRY(Picture picture,
              source.codec->decode(source.bytes, info, {.damage = Damage::tolerate}));
  return with_engine(
             ErrorCode::bad_input, "the picture cannot be decoded",
             [&]() -> Result<Features> {
               // A crop leaves pixels unchanged, whereas a resize would blur drawings into
               // photographs.
               if (pixels > glance_pixels) {
                 const int rows = std::max(64, static_cast<int>(glance_pixels / source.info.width));
                 const int height = std::min(rows, picture.image.height());
                 picture.image = picture.image.crop(0, (picture.image.height() - height) / 2,
                                                    picture.image.width(), height);
               }
               picture.image = picture.image.copy_memory();
               return features_of(picture);
             })
      .value_or(std::unexpected(Error(ErrorCode::bad_input, "the picture cannot be decoded")));
}

bool can_hold(const Source& source, const FormatInfo& format, Extent extent,
              const ImageSettings& settings) {
  const ImageInfo& picture = source.info;
  const bool still = settings.animation == Animation::first_frame;
  const bool frames = picture.frames == 1 || still || format.format == picture.format ||
                      (source.codec->info.pages ? format.pages : format.animation);
  return frames && (format.alpha || !picture.alpha) &&
         std::max(extent.width, extent.height) <= format.max_side;
}

// The formats to try, in that order.
std::vector<Format> worth_trying(const Source& source, Extent extent, const Features& seen,
                                 const ImageSettings& settings) {
  const bool drawing = seen.graphic() || (seen.colours > 0 && seen.colours <= 256);
  const auto kind = settings.lossless_for(Format::webp) ? &ChoiceTraits::lossless
                    : drawing                           ? &ChoiceTraits::drawing
                                                        : &ChoiceTraits::photograph;
  std::vector<const Codec*> worth;
  for (const Codec& row : codecs()) {
    if ((row.choice.*kind).order == 0 || !settings.allowed.contains(row.info.format)) continue;
    // Only a JPEG can become a JPEG without loss.
    const bool needs_loss = kind == &ChoiceTraits::lossless && !row.info.lossless;
    if (needs_loss && row.info.format != source.info.format) continue;
    if (can_hold(source, row.info, extent, settings)) worth.push_back(&row);
  }
  std::ranges::sort(worth, {}, [&](const Codec* row) { return (row->choice.*kind).order; });
  using enum Preference::Condition;
  const auto condition = [&](const Codec* row) { return (row->choice.*kind).condition; };
  const bool better_one = std::ranges::find(worth, supersedes, condition) != worth.end();
  const auto never_pays = [&](const Codec* row) {
    return condition(row) == last ||
           (condition(row) == superseded && better_one && row->info.format != source.info.format);
  };
  if (worth.size() > 1) std::erase_if(worth, never_pays);
  std::vector<Format> formats;
  for (const Codec* row : worth) formats.push_back(row->info.format);
  return formats;
}

bool smaller(const Optimized& a, const Optimized& b) {
  if (a.bytes.size() != b.bytes.size()) return a.bytes.size() < b.bytes.size();
  return static_cast<int>(a.format) < static_cast<int>(b.format);
}

FormatCandidate candidate_of(const Optimized& made) {
  return {.format = made.format,
          .size = made.bytes.size(),
          .score = made.judgement.score,
          .quality = made.judgement.quality};
}

}  // namespace

Result<Optimized> in_format(const Source& source, Format target, Extent extent,
                            const ImageSettings& settings, std::optional<std::uint64_t> to_beat) {
  const Extent whole = upright({source.info.width, source.info.height}, source.info.orientation);
  const bool new_colours = settings.colour == ColourPolicy::to_srgb && !is_srgb_picture(source) &&
                           (source.foreign_colours || source.info.colour_space == "Lab" ||
                            !untouchable(source, settings.keep, Way::convert));
  if (target == source.info.format && extent == whole && !new_colours) {
    IMGMILL_TRY(Optimized made, same_format(source, settings));
    return accounted(source, std::move(made), settings.keep, way_within(made));
  }
  IMGMILL_TRY(Optimized made, converted(source, target, extent, settings, to_beat));
  return accounted(source, std::move(made), settings.keep, Way::convert);
}

Result<Optimized> smallest_format(const Source& source, Extent extent,
                                  const ImageSettings& settings) {
  ImageSettings one = settings;
  one.choose_format = false;
  if (!one.target && !one.max_bytes && one.compression == Compression::lossy) {
    one.target = Target{.spare_lossless = true};
  }
  // If the picture cannot be decoded, processing it gives a better error message.
  const Features seen = glance(source).value_or(Features{});

  std::optional<Optimized> best;
  std::optional<Error> refusal;
  std::vector<FormatCandidate> tried;
  int encodes = 0;
  int probes = 0;
  for (const Format format : worth_trying(source, extent, seen, one)) {
    if (best && given_up_for_time()) break;
    one.output_format = format;
    Result<Optimized> made =
        in_format(source, format, extent, one,
                  best ? std::optional<std::uint64_t>(best->bytes.size()) : std::nullopt);
    if (!made) {
      const ErrorCode code = made.error().code();
      if (code != ErrorCode::unsupported && code != ErrorCode::limit) {
        return std::unexpected(std::move(made).error());
      }
      if (!refusal) refusal = std::move(made).error();
      continue;
    }
    tried.push_back(candidate_of(*made));
    encodes += made->judgement.encodes;
    probes += made->judgement.probes;
    if (!best || smaller(*made, *best)) best = *std::move(made);
  }
  if (!best) {
    if (refusal) return std::unexpected(*std::move(refusal));
    return fail(ErrorCode::unsupported, "none of the allowed formats can hold this picture",
                "allow webp or png, or name a format with --format");
  }
  std::ranges::stable_sort(tried, {}, &FormatCandidate::size);
  best->judgement.candidates = std::move(tried);
  best->judgement.encodes = encodes;
  best->judgement.probes = probes;
  return *std::move(best);
}

}  // namespace imgmill
