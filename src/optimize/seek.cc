#include "optimize/seek.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/time_left.h"
#include "base/try.h"
#include "optimize/earlier_loss.h"
#include "optimize/foretell.h"
#include "quality/features.h"
#include "quality/model.h"
#include "quality/search.h"

namespace imgmill {
namespace {

constexpr double lowest_quality = 1;

// In nearly all pictures a palette's 256 colours are exhausted below 90.
double highest_quality(const Codec& codec) { return codec.info.format == Format::png ? 90 : 100; }

// Our own encoders distinguish quarter steps of quality; around 80 a whole step is one point of
// score, and some 8% of the bytes.
double quality_step(const Codec& codec) {
  return codec.info.format == Format::jpeg || codec.info.format == Format::webp ? 0.25 : 1;
}

// The fraction of the bytes that a point of score usually costs at this quality.
double bytes_of_a_point_at(double quality, Format format) {
  const ScoreCurve& sizes = usual_sizes(format);
  const ScoreCurve& scores = usual_scores(format);
  const double low = std::max(quality - 2, 1.0);
  const double high = std::min(quality + 2, 100.0);
  return (sizes.score_at(101 - low) - sizes.score_at(101 - high)) /
         (scores.score_at(high) - scores.score_at(low));
}

// The precision of predictions. Drafts and samples are cheap, but of limited accuracy: a first
// guess by a draft that scores within `near` of the goal is good enough; once the whole has been
// measured, which reveals their deviation, they lead to within some tenths of a point.
struct Pains {
  double near;     ///< points
  int most_tries;  ///< number of parts to encode
};
constexpr Pains first_draft = {.near = 1.5, .most_tries = 2};
constexpr Pains first_sample = {.near = 1.2, .most_tries = 3};
constexpr Pains next_sample = {.near = 0.3, .most_tries = 2};
// How far above the target such a prediction should land, in points.
constexpr double landing = 0.2;
// The minimum gain that justifies another encoding of the whole, in points.
constexpr double worth_a_try = 0.3;

// Another implementation of the metric may give a lower score: cloudinary's did by at most 0.096 on
// 89 outputs.
constexpr double sure = 0.1;

// Size predictions are accurate to about a tenth.
constexpr double out_of_reach_factor = 1.1;

// On screenshots and Kodak pictures, dithering of more than a half was never better.
constexpr std::array dithers = {0.0, 0.5};
// The approximate fraction of a palette image's bytes that a point of score costs.
constexpr double bytes_of_a_point = 0.03;

// Each of 29 photographs was smaller with subsampled chroma at a score of 80, by 3 to 26%. At 90
// some were and some were not, and drawings differ at any score.
constexpr double chroma_open_from = 90;

/// The state of a search with one picture and one encoder.
class Seeker {
 public:
  Seeker(Picture picture, const Codec& codec, const EncodeOptions& options, const Aim& aim,
         const FromFile* file)
      : whole_(std::move(picture), codec, file != nullptr ? file->encode : PictureEncoder{}),
        codec_(codec),
        options_(options),
        aim_(aim),
        file_(file) {
    if (file != nullptr && !file->scores.empty()) own_curve_.emplace(file->scores);
  }

  Result<Sought> seek() {
    if (!aim_.target) return by_size();
    IMGMILL_TRY(features_, features_of(whole_.picture()));
    IMGMILL_CHECK(take_sample());
    EarlierLoss earlier(whole_, sample_ ? &*sample_ : nullptr, codec_, options_, *aim_.target,
                        file_, tally_);
    // A picture with few colours fits into a palette losslessly.
    const bool exact =
        codec_.info.format == Format::png && features_.colours > 0 && features_.colours <= 256;
    if (aim_.lost_before && aim_.quality_before) {
      IMGMILL_TRY(const bool spent, earlier.is_spent(*aim_.quality_before));
      if (spent) return enough_lost();
    }
    if (!exact) {
      IMGMILL_TRY(const double guess, first_guess(earlier.seen()));
      IMGMILL_CHECK(by_score(guess));
    }
    if (aim_.lost_before && best_ && best_quality_ > 0) {
      if (!aim_.quality_before) {
        IMGMILL_CHECK(best_->finish());
        const int before =
            quality_by_size(codec_.info.format, static_cast<int>(std::lround(best_quality_)),
                            best_->bytes.size(), aim_.size_before);
        IMGMILL_TRY(const bool spent, earlier.is_spent(before));
        if (spent) return enough_lost();
      }
      IMGMILL_TRY(const bool flattered,
                  earlier.is_flattered(best_quality_, best_rating_.reaches()));
      if (flattered) return enough_lost();
    }
    // A drawing is often smallest when encoded losslessly.
    const bool worth_a_look = exact || !best_ || features_.graphic();
    if (codec_.info.lossless && worth_a_look && (!best_ || !given_up_for_time())) {
      IMGMILL_CHECK(without_loss());
    }
    if (!best_ && aim_.max_bytes) return by_size();
    if (!best_) return out_of_reach();
    if (aim_.max_bytes && best_->bytes.size() > *aim_.max_bytes) return by_size();
    return finished();
  }

 private:
  Result<void> take_sample() {
    const Picture& picture = whole_.picture();
    if (!samples_tell(codec_.info.format) || picture.frames > 1) return {};
    const std::optional<Tiles> tiles = tiles_of(picture.width(), picture.height());
    if (!tiles) return {};
    if (file_ == nullptr) {
      IMGMILL_TRY(Picture part, sampled(picture, *tiles));
      sample_.emplace(std::move(part), codec_);
      return {};
    }
    Result<Subject> part = file_->sample(*tiles);
    if (part) {
      sample_.emplace(*std::move(part));
    } else if (part.error().code() != ErrorCode::unsupported) {
      return std::unexpected(std::move(part).error());
    }
    return {};
  }

  [[nodiscard]] EncodeOptions at(double quality, Draft draft = Draft::no) const {
    EncodeOptions options = options_;
    options.quality = quality;
    options.lossless = false;
    options.draft = draft;
    options.dither = dither_;
    options.halve_chroma = halve_chroma_;
    return options;
  }

  // The tests for earlier loss and the lossless attempt take one encoding each.
  [[nodiscard]] int most_tries() const {
    return most_encodes - (aim_.lost_before ? 1 : 0) - (codec_.info.lossless ? 1 : 0);
  }

  // Packing a palette's indices takes far longer than finding them and changes no pixels, so it can
  // wait until the search is over.
  [[nodiscard]] bool drafts_show_all() const { return codec_.info.format == Format::png; }

  // The score of an encoding relative to its size, where a point of score costs the fraction
  // `point` of the bytes.
  Result<double> worth(Subject& subject, const EncodeOptions& options, double point) {
    IMGMILL_TRY(Encoding encoding, subject.encoded(options));
    IMGMILL_CHECK(encoding.finish());
    ++tally_.probes;
    IMGMILL_TRY(const Rating rating, subject.rate(encoding));
    return rating.reaches() - std::log(static_cast<double>(encoding.bytes.size())) / point;
  }

  // Chooses whether to dither, by score relative to size. Drawings nearly always do without.
  Result<void> choose_dither(double guess) {
    const double quality = std::clamp(std::floor(guess), lowest_quality, highest_quality(codec_));
    double most = std::numeric_limits<double>::lowest();
    double chosen = 0;
    for (const double dither : dithers) {
      dither_ = dither;
      IMGMILL_TRY(const double found, worth(whole_, at(quality, Draft::yes), bytes_of_a_point));
      if (found > most) {
        most = found;
        chosen = dither;
      }
    }
    dither_ = chosen;
    return {};
  }

  // The usual scores of the picture's encodings, and how the curve is fitted to the tries.
  [[nodiscard]] const ScoreCurve& curve() const {
    return own_curve_ ? *own_curve_ : usual_scores(codec_.info.format);
  }
  [[nodiscard]] QualitySearch::Bend bend() const {
    return own_curve_ ? QualitySearch::Bend::multiply : QualitySearch::Bend::move;
  }

  // Tolerance above the target in points: the most that another try could still save. A point is
  // worth three (a palette) to eight percent of the bytes (JPEG, WebP), and a try takes a third of
  // the time, or half of that when coefficients are requantised.
  [[nodiscard]] double near_enough() const {
    switch (options_.effort) {
      case Effort::fast:
        return file_ != nullptr ? 2 : 1.5;
      case Effort::balanced:
        if (codec_.info.format != Format::jpeg) return 1;
        return file_ != nullptr ? 1.6 : 0.6;
      case Effort::max:
        return 0.2;
    }
    return 1;
  }

  // The score that a try should have: falling short costs a whole further try, and each point above
  // the target costs bytes.
  [[nodiscard]] double wanted() const { return *aim_.target + 0.5 * near_enough(); }

  // Starts predictions from a sample or from drafts, with the chroma resolution as currently
  // chosen.
  void foretell() {
    if (!sample_ && !draft_pays(codec_.info.format, options_.effort)) return;
    const auto part = [this](double quality) -> Result<double> {
      Subject& subject = sample_ ? *sample_ : whole_;
      IMGMILL_TRY(const Encoding encoding, subject.encoded(at(quality, Draft::yes)));
      ++tally_.probes;
      IMGMILL_TRY(const Rating rating, subject.rate(encoding));
      const double score = rating.reaches();
      return sample_ ? whole_score(score) : score + draft_bias(codec_.info.format, score);
    };
    foretelling_.emplace(part,
                         Foretelling::Plan{.low = lowest_quality,
                                           .high = highest_quality(codec_),
                                           .step = quality_step(codec_),
                                           .bend = bend()},
                         curve());
  }
  // True if it pays off to consult the sample again after measuring the whole. When coefficients
  // are requantised, scores jump between qualities, since many steps stay as they were until a
  // coarser one pays off; the sample jumps in the same way. WebP's encoder takes so long that the
  // curve, which costs nothing, is the better guide.
  [[nodiscard]] bool sample_leads() const { return sample_ && codec_.info.format == Format::jpeg; }
  Result<ScoreCurve::Point> foretold(double score, double guess, const Pains& pains) {
    return foretelling_->quality_for(score, guess, pains.near, pains.most_tries);
  }

  // Refines the first guess by quick tries.
  Result<double> first_guess(const std::optional<ScoreCurve::Point>& seen) {
    // How much better pictures like this one score than usual, if known.
    const double better = seen && !own_curve_ ? seen->score - curve().score_at(seen->quality) : 0;
    const double guess = curve().quality_for(wanted() - better);
    foretell();
    if (!foretelling_) return guess;
    const Pains& pains = sample_ ? first_sample : first_draft;
    IMGMILL_TRY(ScoreCurve::Point nearer, foretold(wanted(), guess, pains));
    if (!sample_ || !chroma_is_open(nearer.quality)) return nearer.quality;
    IMGMILL_CHECK(choose_chroma(nearer.quality));
    foretell();
    IMGMILL_TRY(nearer, foretold(wanted(), nearer.quality, pains));
    return nearer.quality;
  }

  // True if it must be tested whether to subsample chroma.
  [[nodiscard]] bool chroma_is_open(double quality) const {
    if (codec_.info.format != Format::jpeg) return false;
    const bool full = file_ != nullptr ? file_->full_chroma : whole_.picture().image.bands() >= 3;
    return full && (quality >= chroma_open_from || features_.graphic());
  }

  // Chooses whether to subsample chroma, by the sample's score relative to its size.
  Result<void> choose_chroma(double guess) {
    const double quality = std::clamp(std::round(guess), lowest_quality, highest_quality(codec_));
    const double point = bytes_of_a_point_at(quality, codec_.info.format);
    double most = std::numeric_limits<double>::lowest();
    bool chosen = true;
    for (const bool halve : {true, false}) {
      halve_chroma_ = halve;
      IMGMILL_TRY(const double found, worth(*sample_, at(quality), point));
      if (found > most) {
        most = found;
        chosen = halve;
      }
    }
    halve_chroma_ = chosen;
    return {};
  }

  Result<void> by_score(double guess) {
    if (drafts_show_all()) IMGMILL_CHECK(choose_dither(guess));
    QualitySearch search({.target = std::max(*aim_.target, std::min(*aim_.target + sure, 99.9)),
                          .low = lowest_quality,
                          .high = highest_quality(codec_),
                          .guess = guess,
                          .step = quality_step(codec_),
                          .most_tries = most_tries(),
                          .near_enough = near_enough(),
                          .bend = bend(),
                          .narrow = sample_leads() ? quality_step(codec_) : 1},
                         curve());
    const Draft draft = drafts_show_all() ? Draft::yes : Draft::no;
    for (;;) {
      std::optional<double> quality = search.next();
      if (best_ && quality && given_up_for_time()) break;
      if (quality && search.tries() > 0 && sample_leads()) {
        IMGMILL_TRY(const ScoreCurve::Point there,
                    foretold(*aim_.target + sure + landing, *quality, next_sample));
        // Where scores jump, no closer one may exist.
        if (best_ && there.score > best_rating_.reaches() - worth_a_try) break;
        quality = search.next_near(there.quality);
      }
      if (!quality) break;
      make_room();
      IMGMILL_TRY(Encoding encoding, whole_.encoded(at(*quality, draft)));
      ++(draft == Draft::yes ? tally_.probes : tally_.encodes);
      IMGMILL_TRY(const Rating rating, rate(encoding));
      const double score = rating.reaches();
      search.tried(*quality, score);
      if (sample_leads() && !search.over()) IMGMILL_CHECK(foretelling_->learn(*quality, score));
      if (draft == Draft::yes) {
        if (search.answer() == *quality) keep(std::move(encoding), *quality, rating);
        continue;
      }
      if (size_matters()) {
        IMGMILL_CHECK(encoding.finish());
        sizes_.emplace_back(*quality, static_cast<double>(encoding.bytes.size()));
        if (hopeless(*quality, encoding.bytes.size(), score)) {
          return fail(ErrorCode::unsupported,
                      fmt::format("{} would be no smaller", codec_.info.name));
        }
      }
      if (search.answer() == *quality) keep(std::move(encoding), *quality, rating);
    }
    if (draft == Draft::yes && best_) {
      const double quality = best_quality_;
      IMGMILL_TRY(Encoding encoding, whole_.encoded(at(quality)));
      ++tally_.encodes;
      IMGMILL_TRY(const Rating rating, whole_.rate(encoding));
      sizes_.emplace_back(quality, static_cast<double>(encoding.bytes.size()));
      keep(std::move(encoding), quality, rating);
    }
    return {};
  }

  // For a large JPEG, drops the best result so far, three bytes per pixel, and encodes it again if
  // it remains the best: that takes a twentieth of the time to rate the next one.
  void make_room() {
    constexpr double large = 8e6;  // pixels
    const Picture& picture = whole_.picture();
    if (!best_ || !best_->write || codec_.info.format != Format::jpeg) return;
    if (static_cast<double>(picture.width()) * picture.height() < large) return;
    best_->write = [this, options = at(best_quality_)]() -> Result<Buffer> {
      IMGMILL_TRY(Encoding again, whole_.encoded(options));
      IMGMILL_CHECK(again.finish());
      return std::move(again.bytes);
    };
  }

  // True if the size of every encoding matters, not just that of the last one.
  [[nodiscard]] bool size_matters() const { return aim_.to_beat || aim_.max_bytes; }

  // True if the result cannot become smaller than `to_beat`, judging by how sizes usually change on
  // the way to the target.
  [[nodiscard]] bool hopeless(double quality, std::size_t size, double score) const {
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
    IMGMILL_TRY(Encoding encoding, whole_.encoded(options));
    ++tally_.encodes;
    IMGMILL_TRY(const Rating rating, rate(encoding));
    if (rating.reaches() < *aim_.target) return {};
    IMGMILL_CHECK(encoding.finish());
    if (!best_ || encoding.bytes.size() < best_->bytes.size()) keep(std::move(encoding), 0, rating);
    return {};
  }

  // The mirror image of by_score(): sizes decrease with quality.
  Result<Sought> by_size() {
    const auto limit = static_cast<double>(*aim_.max_bytes);
    const double high = std::min<double>(highest_quality(codec_), aim_.most_quality);
    best_.reset();
    QualitySearch search({.target = -std::log(limit),
                          .low = 101 - high,
                          .high = 101 - lowest_quality,
                          .guess = 101.0 - std::min(75.0, high),
                          .step = quality_step(codec_),
                          .most_tries = most_encodes + static_cast<int>(sizes_.size()),
                          .near_enough = 0.03},
                         usual_sizes(codec_.info.format));
    // Use what the search for a score has already found out.
    for (const auto& [quality, size] : sizes_) search.tried(101 - quality, -std::log(size));
    double smallest = std::numeric_limits<double>::max();
    for (const auto& [quality, size] : sizes_) smallest = std::min(smallest, size);
    while (const std::optional<double> mirrored = search.next()) {
      if (best_ && given_up_for_time()) break;
      const double quality = 101 - *mirrored;
      IMGMILL_TRY(Encoding encoding, whole_.encoded(at(quality)));
      IMGMILL_CHECK(encoding.finish());
      ++tally_.encodes;
      const auto size = static_cast<double>(encoding.bytes.size());
      smallest = std::min(smallest, size);
      search.tried(*mirrored, -std::log(size));
      if (search.answer() == *mirrored) keep(std::move(encoding), quality, {});
    }
    // The best fit may be a try of the search for a score, whose bytes are gone.
    if (const std::optional<double> known = search.answer(); known && !best_) {
      IMGMILL_TRY(Encoding encoding, whole_.encoded(at(101 - *known)));
      IMGMILL_CHECK(encoding.finish());
      ++tally_.encodes;
      keep(std::move(encoding), 101 - *known, {});
    }
    if (!best_) {
      return fail(ErrorCode::limit,
                  fmt::format("this picture cannot be written as {} in {}: the smallest was {}",
                              codec_.info.name, human_size(*aim_.max_bytes),
                              human_size(static_cast<std::uint64_t>(smallest))),
                  "allow more bytes, make it smaller with --resize, or choose another format");
    }
    IMGMILL_TRY(best_rating_, whole_.rate(best_->bytes.view()));
    return finished();
  }

  // Rates an encoding of the whole and records the highest rating.
  Result<Rating> rate(const Encoding& encoding) {
    IMGMILL_TRY(const Rating rating, whole_.rate(encoding));
    if (!highest_ || rating.reaches() > highest_->reaches()) highest_ = rating;
    return rating;
  }

  void keep(Encoding encoding, double quality, const Rating& rating) {
    best_quality_ = quality;
    best_rating_ = rating;
    encoding.shown.reset();
    best_ = std::move(encoding);
  }

  Result<Sought> finished() {
    // Free memory first: writing and reading back need their own.
    whole_.forget_ratings();
    sample_.reset();
    foretelling_.reset();
    IMGMILL_CHECK(best_->finish());
    Judgement judgement{.score = best_rating_.score,
                        .quality = static_cast<int>(std::lround(best_quality_))};
    judgement.target = aim_.target;
    judgement.encodes = tally_.encodes;
    judgement.probes = tally_.probes;
    return Sought{std::move(best_->bytes), std::move(judgement)};
  }

  [[nodiscard]] static Result<Sought> enough_lost() {
    return fail(ErrorCode::unsupported, "encoded for about this target already");
  }

  [[nodiscard]] Result<Sought> out_of_reach() const {
    const std::string how_far =
        highest_ && highest_->score >= *aim_.target
            ? fmt::format("{:.1f} dB (PSNR) with this picture, too few for a score of {:.4g}",
                          highest_->psnr, *aim_.target)
            : fmt::format("a score of {:.1f} with this picture, not to {:.4g}",
                          highest_ ? highest_->score : 0, *aim_.target);
    return fail(ErrorCode::unsupported, fmt::format("{} comes to {}", codec_.info.name, how_far),
                "lower the target, or choose another format");
  }

  Subject whole_;
  std::optional<Subject> sample_;  ///< tiles that approximate the score of the whole
  const Codec& codec_;
  const EncodeOptions& options_;
  const Aim& aim_;
  const FromFile* file_;
  std::optional<ScoreCurve> own_curve_;  ///< the file's own curve
  Features features_;
  std::optional<Foretelling> foretelling_;
  std::optional<Encoding> best_;
  double best_quality_ = 0;  ///< exact; 0: lossless
  Rating best_rating_;
  std::optional<Rating> highest_;                 ///< of the encoding with the highest reaches()
  std::vector<std::pair<double, double>> sizes_;  ///< quality and bytes of each try
  double dither_ = 1;
  std::optional<bool> halve_chroma_;  ///< empty: the encoder decides
  Tally tally_;
};

}  // namespace

Result<Sought> seek(Picture picture, const Codec& codec, const EncodeOptions& options,
                    const Aim& aim, const FromFile* file) {
  return Seeker(std::move(picture), codec, options, aim, file).seek();
}

Result<double> score_of(const Picture& picture, const Codec& codec, ByteView bytes) {
  IMGMILL_TRY(const Rating rating, Subject(picture, codec).rate(bytes));
  return rating.score;
}

}  // namespace imgmill
