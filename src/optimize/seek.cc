#include "optimize/seek.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "quality/features.h"
#include "quality/judge.h"
#include "quality/model.h"
#include "quality/search.h"

namespace imgmill {
namespace {

constexpr int lowest_quality = 1;

// A palette's 256 colours are used up before 90 in nearly all pictures.
int highest_quality(const Codec& codec) { return codec.info.format == Format::png ? 90 : 100; }

// Above the target, points of score: what another try may still save at most. A point is worth
// some three percent of the bytes.
double near_enough(Effort effort) {
  switch (effort) {
    case Effort::fast:
      return 1.5;
    case Effort::balanced:
      return 1.25;
    case Effort::max:
      return 0.2;
  }
  return 1.25;
}

// Points of score that a picture may look better for having been quantised before. Pictures
// that were lie above, fresh ones below (see docs/adr/0011-targets.md).
constexpr double flattery = 1.2;

// A picture that scored so little more than the target against its own original, as far
// as can be told now, is left alone. Share of what the target leaves to lose: the nearer to
// 100, the less the estimate strays.
constexpr double spare_share = 0.2;
// So much room, or a quality so much above the usual one (steps), and there is nothing to ask.
constexpr double fresh_share = 0.5;
constexpr double plainly_finer = 8;

// A draft this near to the target says well enough where the real encoding has to begin; a
// second one pays where the first was far off.
constexpr double draft_near_enough = 1.5;
constexpr int most_drafts = 2;

// Another implementation of the metric may see a score lower: cloudinary's did by at most 0.096
// on 89 outputs.
constexpr double sure = 0.1;

// Sizes are foretold to about a tenth.
constexpr double out_of_reach_factor = 1.1;

// More dithering than a half was never better on screenshots and Kodak pictures.
constexpr std::array dithers = {0.0, 0.5};
// Share of the bytes that a point of score costs, about.
constexpr double bytes_of_a_point = 0.03;

Result<Picture> decoded(const Codec& codec, ByteView bytes) {
  IMGMILL_TRY(const ImageInfo info, codec.probe(bytes));
  return codec.decode(bytes, info, {});
}

Result<double> judged(Judge& judge, const Codec& codec, ByteView bytes) {
  IMGMILL_TRY(const Picture again, decoded(codec, bytes));
  IMGMILL_TRY(const Similarity similarity, judge.score(again));
  return similarity.score;
}

/// One picture and one encoder, and what they came to so far.
class Seeker {
 public:
  Seeker(const Picture& picture, const Codec& codec, const EncodeOptions& options, const Aim& aim,
         const FromFile* file)
      : picture_(picture), codec_(codec), options_(options), aim_(aim), file_(file) {
    if (file != nullptr && !file->scores.empty()) own_curve_.emplace(file->scores);
  }

  Result<Sought> seek() {
    IMGMILL_TRY(features_, features_of(picture_));
    if (!aim_.target) return by_size();
    IMGMILL_TRY(judge_, Judge::create(picture_));
    // Few colours fit a palette as they are.
    const bool exact =
        codec_.info.format == Format::png && features_.colours > 0 && features_.colours <= 256;
    if (aim_.lost_before && aim_.quality_before) {
      IMGMILL_TRY(const bool spent, is_spent(*aim_.quality_before));
      if (spent) return enough_lost();
    }
    if (!exact) IMGMILL_CHECK(by_score());
    if (aim_.lost_before && best_ && best_->judgement.quality > 0) {
      if (!aim_.quality_before) {
        IMGMILL_TRY(const bool spent, is_spent(quality_by_size(*best_)));
        if (spent) return enough_lost();
      }
      IMGMILL_TRY(const bool flattered, is_flattered(*best_));
      if (flattered) return enough_lost();
    }
    // A drawing is often smallest when nothing is lost.
    const bool worth_a_look = exact || !best_ || features_.graphic();
    if (codec_.info.lossless && worth_a_look) IMGMILL_CHECK(without_loss());
    if (!best_ && aim_.max_bytes) return by_size();
    if (!best_) return out_of_reach();
    if (aim_.max_bytes && best_->bytes.size() > *aim_.max_bytes) return by_size();
    return finished();
  }

 private:
  Result<Buffer> encoded(const Picture& picture, int quality, Draft draft = Draft::no) const {
    EncodeOptions options = options_;
    options.quality = quality;
    options.lossless = false;
    options.draft = draft;
    options.dither = dither_;
    return file_ != nullptr && &picture == &picture_ ? file_->encode(options)
                                                     : codec_.encode(picture, options);
  }

  Result<double> measured(ByteView bytes) { return judged(*judge_, codec_, bytes); }

  // The tests for earlier loss and the look at no loss at all take an encoding each.
  [[nodiscard]] int most_tries() const {
    return most_encodes - (aim_.lost_before ? 1 : 0) - (codec_.info.lossless ? 1 : 0);
  }

  // Packing a palette's indices takes far longer than finding them and changes no pixel: it can
  // wait until the search is over.
  [[nodiscard]] bool drafts_show_all() const { return codec_.info.format == Format::png; }

  // Dithered or not, whichever comes out better for its size. Drawings nearly always do without.
  Result<void> choose_dither(double guess) {
    const int quality =
        std::clamp(static_cast<int>(guess), lowest_quality, highest_quality(codec_));
    double most = std::numeric_limits<double>::lowest();
    double chosen = 0;
    for (const double dither : dithers) {
      dither_ = dither;
      IMGMILL_TRY(const Buffer bytes, encoded(picture_, quality, Draft::yes));
      ++probes_;
      IMGMILL_TRY(const double score, measured(bytes.view()));
      const double worth = score - std::log(static_cast<double>(bytes.size())) / bytes_of_a_point;
      if (worth > most) {
        most = worth;
        chosen = dither;
      }
    }
    dither_ = chosen;
    return {};
  }

  // Quick tries bring the first guess nearer.
  Result<double> first_guess() {
    const Format format = codec_.info.format;
    const double target = *aim_.target;
    if (own_curve_) return own_curve_->quality_for(target + 0.5 * near_enough(options_.effort));
    const ScoreCurve& usual = usual_scores(format);
    // How much better pictures like this one come out, where that is known.
    const double better = seen_ ? seen_->score - usual.score_at(seen_->quality) : 0;
    const double guess = usual.quality_for(target + 0.5 * near_enough(options_.effort) - better);
    if (!draft_pays(format, options_.effort)) return guess;
    QualitySearch search({.target = target,
                          .low = lowest_quality,
                          .high = highest_quality(codec_),
                          .guess = guess,
                          .most_tries = most_drafts,
                          .near_enough = draft_near_enough},
                         usual_scores(format));
    while (const std::optional<int> quality = search.next()) {
      IMGMILL_TRY(const Buffer bytes, encoded(picture_, *quality, Draft::yes));
      IMGMILL_TRY(const double draft, measured(bytes.view()));
      ++probes_;
      const double score = draft + draft_bias(format, draft);
      search.tried(*quality, score);
      if (std::abs(score - target) < draft_near_enough) break;
    }
    return search.expected(target + 0.5 * near_enough(options_.effort));
  }

  Result<void> by_score() {
    IMGMILL_TRY(const double guess, first_guess());
    if (drafts_show_all()) IMGMILL_CHECK(choose_dither(guess));
    QualitySearch search(
        {.target = std::max(*aim_.target, std::min(*aim_.target + sure, 99.9)),
         .low = lowest_quality,
         .high = highest_quality(codec_),
         .guess = guess,
         .most_tries = most_tries(),
         .near_enough = near_enough(options_.effort),
         .bend = own_curve_ ? QualitySearch::Bend::multiply : QualitySearch::Bend::move},
        own_curve_ ? *own_curve_ : usual_scores(codec_.info.format));
    const Draft draft = drafts_show_all() ? Draft::yes : Draft::no;
    while (const std::optional<int> quality = search.next()) {
      IMGMILL_TRY(Buffer bytes, encoded(picture_, *quality, draft));
      ++(draft == Draft::yes ? probes_ : encodes_);
      IMGMILL_TRY(const double score, measured(bytes.view()));
      highest_score_ = std::max(highest_score_, score);
      search.tried(*quality, score);
      if (draft == Draft::yes) {
        if (search.answer() == *quality) keep(std::move(bytes), *quality, score);
        continue;
      }
      sizes_.emplace_back(*quality, static_cast<double>(bytes.size()));
      if (hopeless(*quality, bytes.size(), score)) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{} would be no smaller", codec_.info.name));
      }
      if (search.answer() == *quality) keep(std::move(bytes), *quality, score);
    }
    if (draft == Draft::yes && best_) {
      const int quality = best_->judgement.quality;
      IMGMILL_TRY(Buffer bytes, encoded(picture_, quality));
      ++encodes_;
      IMGMILL_TRY(const double score, measured(bytes.view()));
      sizes_.emplace_back(quality, static_cast<double>(bytes.size()));
      keep(std::move(bytes), quality, score);
    }
    return {};
  }

  // The picture a few pixels aside, where no block lies on its former place. The offset is
  // even, so that the chroma samples stay where they are, and no multiple of 4. Nothing
  // where that would leave little of it.
  Result<void> step_aside() {
    constexpr int aside = 6;
    const vips::VImage& image = picture_.image;
    if (picture_.frames > 1 || image.width() < 8 * aside || image.height() < 8 * aside) return {};
    aside_ = picture_;
    IMGMILL_TRY(aside_->image, with_engine(ErrorCode::bad_input, "the pixels cannot be read", [&] {
                  return image
                      .extract_area(aside, aside, image.width() - aside, image.height() - aside)
                      .copy_memory();
                }));
    IMGMILL_TRY(judge_aside_, Judge::create(*aside_));
    return {};
  }

  Result<double> score_aside(int quality, Draft draft) {
    IMGMILL_TRY(const Buffer bytes, encoded(*aside_, quality, draft));
    ++(draft == Draft::yes ? probes_ : encodes_);
    return judged(*judge_aside_, codec_, bytes.view());
  }

  // What the picture scored against its own original, as far as can be told now.
  Result<double> score_before(int quality_before) {
    if (file_ != nullptr) {
      const Result<Buffer> bytes = file_->as_before(*aside_);
      if (bytes) {
        ++probes_;
        return judged(*judge_aside_, codec_, bytes->view());
      }
      if (bytes.error().code() != ErrorCode::unsupported) return std::unexpected(bytes.error());
    }
    IMGMILL_TRY(const double draft, score_aside(quality_before, Draft::yes));
    return draft + draft_bias(codec_.info.format, draft);
  }

  // Whether the quality that the picture was encoded with costs a picture like it so much
  // that it has little to give: losing again would cost more than it saves.
  Result<bool> is_spent(int quality_before) {
    const double needed = usual_scores(codec_.info.format).quality_for(*aim_.target);
    fresh_ = quality_before > needed + plainly_finer;
    if (fresh_) return false;
    IMGMILL_CHECK(step_aside());
    if (!aside_) return false;
    IMGMILL_TRY(const double before, score_before(quality_before));
    seen_ = {static_cast<double>(quality_before), before};
    const double room = (before - *aim_.target) / (100 - *aim_.target);
    fresh_ = room > fresh_share;
    return room < spare_share;
  }

  // Numbers that were quantised before come through the same quantiser nearly unchanged,
  // whatever the picture lost the first time: each generation would look as good as the
  // last one. Seen aside, the same quality shows what it really costs.
  Result<bool> is_flattered(const Sought& found) {
    if (fresh_ || !aside_ || file_ != nullptr) return false;
    IMGMILL_TRY(const double score, score_aside(found.judgement.quality, Draft::no));
    return *found.judgement.score - score > flattery;
  }

  // The quality that the picture was encoded with, as its size tells.
  [[nodiscard]] int quality_by_size(const Sought& found) const {
    const ScoreCurve& sizes = usual_sizes(codec_.info.format);
    const double larger =
        std::log(static_cast<double>(std::max<std::uint64_t>(aim_.size_before, 1)) /
                 static_cast<double>(found.bytes.size()));
    const double mirrored =
        sizes.quality_for(sizes.score_at(101 - found.judgement.quality) - larger);
    return static_cast<int>(std::clamp(std::round(101 - mirrored), double{lowest_quality},
                                       static_cast<double>(highest_quality(codec_))));
  }

  // Whether what is to be beaten is out of reach, by what usually becomes of the size on
  // the way to the target.
  [[nodiscard]] bool hopeless(int quality, std::size_t size, double score) const {
    if (!aim_.to_beat) return false;
    const ScoreCurve& scores = usual_scores(codec_.info.format);
    const ScoreCurve& sizes = usual_sizes(codec_.info.format);
    const double there = quality + scores.quality_for(*aim_.target) - scores.quality_for(score);
    const double shrinks = sizes.score_at(101 - there) - sizes.score_at(101 - quality);
    return static_cast<double>(size) * std::exp(-shrinks) >
           out_of_reach_factor * static_cast<double>(*aim_.to_beat);
  }

  Result<void> without_loss() {
    EncodeOptions options = options_;
    options.lossless = true;
    IMGMILL_TRY(Buffer bytes, codec_.encode(picture_, options));
    ++encodes_;
    IMGMILL_TRY(const double score, measured(bytes.view()));
    highest_score_ = std::max(highest_score_, score);
    if (score < *aim_.target) return {};
    if (!best_ || bytes.size() < best_->bytes.size()) keep(std::move(bytes), 0, score);
    return {};
  }

  // The mirror image of by_score(): sizes fall where quality does.
  Result<Sought> by_size() {
    const auto limit = static_cast<double>(*aim_.max_bytes);
    const int high = std::min(highest_quality(codec_), aim_.most_quality);
    best_.reset();
    QualitySearch search({.target = -std::log(limit),
                          .low = 101 - high,
                          .high = 101 - lowest_quality,
                          .guess = 101.0 - std::min(75, high),
                          .most_tries = most_encodes + static_cast<int>(sizes_.size()),
                          .near_enough = 0.03},
                         usual_sizes(codec_.info.format));
    // What the search for a score has found out already.
    for (const auto& [quality, size] : sizes_) search.tried(101 - quality, -std::log(size));
    double smallest = std::numeric_limits<double>::max();
    for (const auto& [quality, size] : sizes_) smallest = std::min(smallest, size);
    while (const std::optional<int> mirrored = search.next()) {
      const int quality = 101 - *mirrored;
      IMGMILL_TRY(Buffer bytes, encoded(picture_, quality));
      ++encodes_;
      smallest = std::min(smallest, static_cast<double>(bytes.size()));
      search.tried(*mirrored, -std::log(static_cast<double>(bytes.size())));
      if (search.answer() == *mirrored) keep(std::move(bytes), quality, 0);
    }
    // What fits best may be a try of the search for a score, whose bytes are gone.
    if (const std::optional<int> known = search.answer(); known && !best_) {
      IMGMILL_TRY(Buffer bytes, encoded(picture_, 101 - *known));
      ++encodes_;
      keep(std::move(bytes), 101 - *known, 0);
    }
    if (!best_) {
      return fail(ErrorCode::limit,
                  fmt::format("this picture cannot be written as {} in {}: the smallest was {}",
                              codec_.info.name, human_size(*aim_.max_bytes),
                              human_size(static_cast<std::uint64_t>(smallest))),
                  "allow more bytes, make it smaller with --resize, or choose another format");
    }
    if (!judge_) {
      IMGMILL_TRY(judge_, Judge::create(picture_));
    }
    IMGMILL_TRY(best_->judgement.score, measured(best_->bytes.view()));
    return finished();
  }

  void keep(Buffer bytes, int quality, double score) {
    best_ = Sought{.bytes = std::move(bytes), .judgement = {.score = score, .quality = quality}};
  }

  Result<Sought> finished() {
    best_->judgement.target = aim_.target;
    best_->judgement.encodes = encodes_;
    best_->judgement.probes = probes_;
    return *std::move(best_);
  }

  [[nodiscard]] static Result<Sought> enough_lost() {
    return fail(ErrorCode::unsupported, "encoded for about this target already");
  }

  [[nodiscard]] Result<Sought> out_of_reach() const {
    return fail(ErrorCode::unsupported,
                fmt::format("{} comes to a score of {:.1f} with this picture, not to {:.4g}",
                            codec_.info.name, highest_score_, *aim_.target),
                "lower the target, or choose another format");
  }

  const Picture& picture_;
  const Codec& codec_;
  const EncodeOptions& options_;
  const Aim& aim_;
  const FromFile* file_;
  std::optional<ScoreCurve> own_curve_;  ///< of the file
  Features features_;
  std::optional<Judge> judge_;
  bool fresh_ = false;                     ///< what was lost before is next to nothing
  std::optional<ScoreCurve::Point> seen_;  ///< what the picture scores, seen aside
  std::optional<Picture> aside_;           ///< with it, judge_aside_
  std::optional<Judge> judge_aside_;
  std::optional<Sought> best_;
  double highest_score_ = -1000;
  std::vector<std::pair<int, double>> sizes_;  ///< bytes at qualities that were tried
  double dither_ = 1;
  int encodes_ = 0;
  int probes_ = 0;
};

}  // namespace

Result<Sought> seek(const Picture& picture, const Codec& codec, const EncodeOptions& options,
                    const Aim& aim, const FromFile* file) {
  return Seeker(picture, codec, options, aim, file).seek();
}

Result<double> score_of(const Picture& picture, const Codec& codec, ByteView bytes) {
  IMGMILL_TRY(Judge judge, Judge::create(picture));
  return judged(judge, codec, bytes);
}

}  // namespace imgmill
