#include "optimize/search/quality_search.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "base/time_left.h"
#include "base/try.h"
#include "optimize/search/generation_loss.h"
#include "optimize/search/palette_search.h"
#include "optimize/search/score_search.h"
#include "optimize/search/size_search.h"
#include "optimize/search/trials.h"

namespace imgmill {
namespace {

Result<void> take_sample(Trials& trials) {
  const Picture& picture = trials.whole.picture();
  if (trials.traits.sample == SampleUse::none || picture.frames > 1) return {};
  const std::optional<Tiles> tiles = tiles_of(picture.width(), picture.height());
  if (!tiles) return {};
  if (!trials.file) {
    IMGMILL_TRY(Picture part, sampled(picture, *tiles));
    trials.sample.emplace(std::move(part), trials.codec);
    return {};
  }
  Result<TrialEncoder> part = trials.file->sample(*tiles);
  if (part) {
    trials.sample.emplace(*std::move(part));
  } else if (part.error().code() != ErrorCode::unsupported) {
    return std::unexpected(std::move(part).error());
  }
  return {};
}

// True if the best encoding, a lossy one, is not to be used: the picture has lost before.
Result<bool> nothing_to_gain(Trials& trials, GenerationLoss& generation_loss) {
  Trial& best = *trials.best;
  if (!trials.aim.quality_before) {
    IMGMILL_TRY(const ByteView bytes, best.encoding.bytes());
    const int before = quality_by_size(trials.traits, static_cast<int>(std::lround(best.quality)),
                                       bytes.size(), trials.aim.size_before);
    IMGMILL_TRY(const bool no_headroom, generation_loss.lacks_headroom(before));
    if (no_headroom) return true;
  }
  return generation_loss.score_is_inflated(best.quality, best.rating.reaches());
}

Result<void> without_loss(Trials& trials) {
  EncodeOptions options = trials.options;
  options.lossless = true;
  IMGMILL_TRY(Encoding encoding, trials.encoded(options));
  IMGMILL_TRY(const Rating rating, trials.rate(encoding));
  if (rating.reaches() < *trials.aim.target) return {};
  IMGMILL_TRY(const ByteView bytes, encoding.bytes());
  if (trials.best) {
    IMGMILL_TRY(const ByteView lossy, trials.best->encoding.bytes());
    if (bytes.size() >= lossy.size()) return {};
  }
  trials.keep(std::move(encoding), 0, rating);
  return {};
}

// True if there is an encoding that reaches the target and is not too large.
Result<bool> fits(Trials& trials) {
  if (!trials.best || !trials.aim.max_bytes) return trials.best.has_value();
  IMGMILL_TRY(const ByteView bytes, trials.best->encoding.bytes());
  return bytes.size() <= *trials.aim.max_bytes;
}

std::unexpected<Error> lost_enough() {
  return fail(ErrorCode::unsupported, "encoded for about this target already");
}

std::unexpected<Error> out_of_reach(const Trials& trials) {
  const std::optional<Rating>& highest = trials.highest;
  const std::string how_far =
      highest && highest->score >= *trials.aim.target
          ? fmt::format("{:.1f} dB (PSNR) with this picture, too few for a score of {:.4g}",
                        highest->psnr, *trials.aim.target)
          : fmt::format("a score of {:.1f} with this picture, not to {:.4g}",
                        highest ? highest->score : 0, *trials.aim.target);
  return fail(ErrorCode::unsupported,
              fmt::format("{} comes to {}", trials.codec.info.name, how_far),
              "lower the target, or choose another format");
}

Result<void> search(Trials& trials) {
  const Aim& aim = trials.aim;
  if (!aim.target) return search_by_size(trials);
  IMGMILL_TRY(trials.features, features_of(trials.whole.picture()));
  IMGMILL_CHECK(take_sample(trials));
  GenerationLoss generation_loss(trials, *aim.target);
  if (aim.lost_before && aim.quality_before) {
    IMGMILL_TRY(const bool no_headroom, generation_loss.lacks_headroom(*aim.quality_before));
    if (no_headroom) return lost_enough();
  }
  // A picture with few colours fits into a palette losslessly.
  const bool exact =
      trials.traits.palette && trials.features.colours > 0 && trials.features.colours <= 256;
  if (!exact) {
    IMGMILL_CHECK(trials.traits.palette
                      ? search_palette(trials, trials.usual_guess(generation_loss.seen()))
                      : search_by_score(trials, generation_loss.seen()));
  }
  if (aim.lost_before && trials.best) {
    IMGMILL_TRY(const bool nothing, nothing_to_gain(trials, generation_loss));
    if (nothing) return lost_enough();
  }
  // A drawing is often smallest when encoded losslessly.
  const bool worth_a_look = exact || !trials.best || trials.features.graphic();
  if (trials.codec.info.lossless && worth_a_look && (!trials.best || !given_up_for_time())) {
    IMGMILL_CHECK(without_loss(trials));
  }
  IMGMILL_TRY(const bool good, fits(trials));
  if (good) return {};
  if (aim.max_bytes) return search_by_size(trials);
  return out_of_reach(trials);
}

}  // namespace

Result<SearchResult> search_quality(Picture picture, const Codec& codec,
                                    const EncodeOptions& options, const Aim& aim,
                                    std::optional<FromFile> file) {
  Trials trials(std::move(picture), codec, options, aim, std::move(file));
  IMGMILL_CHECK(search(trials));
  return trials.finished();
}

Result<double> score_of(const Picture& picture, const Codec& codec, ByteView bytes) {
  IMGMILL_TRY(const Rating rating, TrialEncoder(picture, codec).rate(bytes));
  return rating.score;
}

}  // namespace imgmill
