#include "optimize/candidates/choose.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/time_left.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "optimize/candidates/candidates.h"
#include "optimize/candidates/convert.h"
#include "optimize/candidates/same_format.h"
#include "optimize/source/account.h"
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

bool can_hold(const Source& source, const FormatPlan& plan) {
  const ImageInfo& picture = source.info;
  const FormatInfo& format = info(plan.format);
  const bool frames = picture.frames == 1 || plan.first_frame || plan.format == picture.format ||
                      (source.codec->info.pages ? format.pages : format.animation);
  return frames && (format.alpha || !picture.alpha) &&
         std::max(plan.layout.extent.width, plan.layout.extent.height) <= format.max_side;
}

// Returns those of `plans` that are worth trying, in order of preference.
std::vector<const FormatPlan*> worth_trying(const Source& source, const Features& seen,
                                            const std::vector<FormatPlan>& plans) {
  const bool exact = std::ranges::any_of(plans, &FormatPlan::exact);
  const bool drawing = seen.graphic() || (seen.colours > 0 && seen.colours <= 256);
  const auto preference = [&](const FormatPlan* plan) {
    const ChoiceTraits& choice = codec(plan->format).choice;
    return exact ? choice.lossless : drawing ? choice.drawing : choice.photograph;
  };
  std::vector<const FormatPlan*> worth;
  for (const FormatPlan& plan : plans) {
    // Only a JPEG can become a JPEG without loss.
    const bool possible = !exact || info(plan.format).lossless || plan.format == source.info.format;
    if (preference(&plan).order > 0 && possible && can_hold(source, plan)) worth.push_back(&plan);
  }
  std::ranges::sort(worth, {}, [&](const FormatPlan* plan) { return preference(plan).order; });
  using enum Preference::Condition;
  const auto condition = [&](const FormatPlan* plan) { return preference(plan).condition; };
  const bool better_one = std::ranges::find(worth, supersedes, condition) != worth.end();
  const auto never_pays = [&](const FormatPlan* plan) {
    return condition(plan) == last ||
           (condition(plan) == superseded && better_one && plan->format != source.info.format);
  };
  if (worth.size() > 1) std::erase_if(worth, never_pays);
  return worth;
}

FormatCandidate candidate_of(const Optimized& made) {
  return {.format = made.format,
          .size = made.bytes.size(),
          .score = made.judgement.score,
          .quality = made.judgement.quality};
}

}  // namespace

Result<Optimized> in_format(const Source& source, const FormatPlan& plan,
                            std::optional<std::uint64_t> to_beat) {
  if (plan.within) {
    IMGMILL_TRY(Optimized made, same_format(source, plan));
    const Way way = way_within(made);
    return accounted(source, std::move(made), plan.keep, way);
  }
  IMGMILL_TRY(Optimized made, converted(source, plan, to_beat));
  return accounted(source, std::move(made), plan.keep, Way::convert);
}

Result<Optimized> smallest_format(const Source& source, const std::vector<FormatPlan>& plans) {
  // If the picture cannot be decoded, processing it gives a better error message.
  const Features seen = glance(source).value_or(Features{});

  std::optional<Optimized> best;
  std::optional<Error> refusal;
  std::vector<FormatCandidate> tried;
  int encodes = 0;
  int probes = 0;
  for (const FormatPlan* plan : worth_trying(source, seen, plans)) {
    if (best && given_up_for_time()) break;
    Result<Optimized> made = in_format(
        source, *plan, best ? std::optional<std::uint64_t>(best->bytes.size()) : std::nullopt);
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
    if (best) {
      rival(*best, *std::move(made));
    } else {
      best = *std::move(made);
    }
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
