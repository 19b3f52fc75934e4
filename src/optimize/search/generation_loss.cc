#include "optimize/search/generation_loss.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "optimize/search/sample.h"
#include "quality/model.h"

namespace imgmill {
namespace {

// Score points by which an earlier quantization may make a picture look better. Pictures quantised
// before are above this, fresh ones below (see docs/adr/0011-targets.md).
constexpr double flattery = 1.2;

// A picture whose estimated score against its own original exceeds the target by no more than this
// is left alone. Given as a share of the loss that the target allows, because the estimate is more
// accurate the closer to 100 it is.
constexpr double spare_share = 0.2;
// With this much headroom, or a quality this much above the usual one (steps), no test is needed.
constexpr double fresh_share = 0.5;
constexpr double plainly_finer = 8;
// The same for files of simple encoders, which are not the result of an earlier search (none of 170
// files was, made from libjpeg's at 90 to 95 for targets of 80 and 85). Among 41 photographs, those
// of quality 90 had at least 0.25 of the target's headroom left, those of 92 0.24.
constexpr double plainly_finer_at_first_hand = 3;

// A sample's verdict only counts if the headroom is clearly larger than that: over 26 photographs
// it overestimated it by up to 0.11, and where tiles of strong colours meet, it underestimated it
// by far.
constexpr double plain_share = 0.3;

// The shift: even, so that chroma samples keep their positions, and not a multiple of 4.
constexpr int aside_pixels = 6;

EncodeOptions at(EncodeOptions options, double quality, Draft draft) {
  options.quality = quality;
  options.lossless = false;
  options.draft = draft;
  return options;
}

}  // namespace

// Makes no shifted picture if little of it would be left.
Result<void> GenerationLoss::step_aside(TrialEncoder* sample) {
  sample_ = sample;
  const Picture& picture = trials_.whole.picture();
  const vips::VImage& image = picture.image;
  constexpr int least = 8 * aside_pixels;
  if (picture.frames > 1 || image.width() < least || image.height() < least) return {};
  if (sample_ != nullptr) {
    IMGMILL_TRY(Picture moved,
                sampled(picture, *tiles_of(picture.width(), picture.height()), aside_pixels));
    aside_.emplace(std::move(moved), trials_.codec);
    return {};
  }
  Picture moved = picture;
  moved.on_demand = picture.on_demand || 1.0 * image.width() * image.height() > large_picture;
  IMGMILL_TRY(moved.image, with_engine(ErrorCode::bad_input, "the pixels cannot be read", [&] {
                const vips::VImage part =
                    image.extract_area(aside_pixels, aside_pixels, image.width() - aside_pixels,
                                       image.height() - aside_pixels);
                return moved.on_demand ? part : part.copy_memory();
              }));
  aside_.emplace(std::move(moved), trials_.codec);
  return {};
}

Result<double> GenerationLoss::score_aside(double quality, Draft draft) {
  IMGMILL_TRY(Encoding encoding, aside_->encoded(at(trials_.options, quality, draft)));
  ++(draft == Draft::yes || sample_ != nullptr ? trials_.tally.probes : trials_.tally.encodes);
  IMGMILL_TRY(const Rating rating, aside_->rate(encoding));
  return rating.reaches();
}

// The estimated score of the picture against its own original.
Result<double> GenerationLoss::score_before(int quality_before) {
  const auto of_whole = [&](double score) {
    return sample_ != nullptr ? whole_score(score) : score;
  };
  if (trials_.file) {
    const Result<Picture> seen = trials_.file->as_before(aside_->picture());
    if (seen) {
      ++trials_.tally.probes;
      IMGMILL_TRY(const Rating rating, aside_->rate(*seen));
      return of_whole(rating.reaches());
    }
    if (seen.error().code() != ErrorCode::unsupported) return std::unexpected(seen.error());
  }
  IMGMILL_TRY(const double draft, score_aside(quality_before, Draft::yes));
  return of_whole(draft + trials_.traits.bias_of_draft(draft));
}

// The headroom left by the target, as a share of the loss that the target allows.
Result<double> GenerationLoss::headroom_before(int quality_before) {
  IMGMILL_TRY(const double before, score_before(quality_before));
  seen_ = {static_cast<double>(quality_before), before};
  return (before - target_) / (100 - target_);
}

Result<bool> GenerationLoss::lacks_headroom(int quality_before) {
  const double needed = trials_.traits.scores.quality_for(target_);
  const bool first_hand = trials_.file && trials_.file->plain;
  fresh_ = quality_before > needed + (first_hand ? plainly_finer_at_first_hand : plainly_finer);
  if (fresh_) return false;
  IMGMILL_CHECK(step_aside(sample_));
  if (!aside_) return false;
  IMGMILL_TRY(double room, headroom_before(quality_before));
  if (sample_ != nullptr && room < plain_share) {
    IMGMILL_CHECK(step_aside(nullptr));
    IMGMILL_TRY(room, headroom_before(quality_before));
  }
  fresh_ = room > fresh_share;
  return room < spare_share;
}

Result<bool> GenerationLoss::score_is_inflated(double quality, double score) {
  if (fresh_ || !aside_ || trials_.file) return false;
  double unmoved = score;
  if (sample_ != nullptr) {
    IMGMILL_TRY(Encoding encoding, sample_->encoded(at(trials_.options, quality, Draft::no)));
    ++trials_.tally.probes;
    IMGMILL_TRY(const Rating rating, sample_->rate(encoding));
    unmoved = rating.reaches();
  }
  IMGMILL_TRY(const double moved, score_aside(quality, Draft::no));
  return unmoved - moved > flattery;
}

int quality_by_size(const SearchTraits& traits, int quality, std::size_t size,
                    std::uint64_t size_before) {
  const ScoreCurve& sizes = traits.sizes;
  const double larger = std::log(static_cast<double>(std::max<std::uint64_t>(size_before, 1)) /
                                 static_cast<double>(size));
  const double mirrored = sizes.quality_for(sizes.score_at(101 - quality) - larger);
  return static_cast<int>(std::clamp(std::round(101 - mirrored), 1.0, 100.0));
}

}  // namespace imgmill
