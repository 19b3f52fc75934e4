#include "optimize/search/score_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/time_left.h"
#include "base/try.h"
#include "optimize/search/score_predictor.h"
#include "quality/model.h"

namespace imgmill {
namespace {

// The precision of predictions. Drafts and samples are cheap, but of limited accuracy: a first
// guess by a draft that scores within `near` of the goal is good enough; once the whole has been
// measured, which reveals their deviation, they lead to within some tenths of a point.
struct SearchBudget {
  double near;     ///< points
  int most_tries;  ///< number of parts to encode
};
constexpr SearchBudget first_draft = {.near = 1.5, .most_tries = 2};
constexpr SearchBudget first_sample = {.near = 1.2, .most_tries = 3};
constexpr SearchBudget next_sample = {.near = 0.3, .most_tries = 2};
// How far above the target such a prediction should land, in points.
constexpr double landing = 0.2;
// The minimum gain that justifies another encoding of the whole, in points.
constexpr double worth_a_try = 0.3;

// Size predictions are accurate to about a tenth.
constexpr double out_of_reach_factor = 1.1;

// Each of 29 photographs was smaller with subsampled chroma at a score of 80, by 3 to 26%. At 90
// some were and some were not, and drawings differ at any score.
constexpr double chroma_open_from = 90;

// The fraction of the bytes that a point of score usually costs at this quality.
double bytes_of_a_point_at(double quality, const SearchTraits& traits) {
  const double low = std::max(quality - 2, 1.0);
  const double high = std::min(quality + 2, 100.0);
  return (traits.sizes.score_at(101 - low) - traits.sizes.score_at(101 - high)) /
         (traits.scores.score_at(high) - traits.scores.score_at(low));
}

class ScoreSearch {
 public:
  explicit ScoreSearch(Trials& trials)
      : trials_(trials),
        sample_leads_(trials.sample && trials.traits.sample == SampleUse::throughout) {}

  Result<void> run(const std::optional<ScoreCurve::Point>& seen) {
    IMGMILL_TRY(const double guess, first_guess(seen));
    QualityBracket::Plan plan = trials_.plan_from(guess);
    if (sample_leads_) plan.narrow = plan.step;
    QualityBracket bracket(plan, trials_.curve());
    for (;;) {
      IMGMILL_TRY(const std::optional<double> quality, next(bracket));
      if (!quality) return {};
      make_room();
      IMGMILL_TRY(Encoding encoding, trials_.encoded(trials_.at(*quality)));
      IMGMILL_TRY(const Rating rating, trials_.rate(encoding));
      const double score = rating.reaches();
      bracket.tried(*quality, score);
      if (sample_leads_ && !bracket.over()) IMGMILL_CHECK(predictor_->learn(*quality, score));
      if (trials_.aim.to_beat || trials_.aim.max_bytes) {
        IMGMILL_TRY(const std::size_t size, trials_.measure(encoding, *quality));
        if (hopeless(*quality, size, score)) {
          return fail(ErrorCode::unsupported,
                      fmt::format("{} would be no smaller", trials_.codec.info.name));
        }
      }
      if (bracket.answer() == *quality) trials_.keep(std::move(encoding), *quality, rating);
    }
  }

 private:
  // Starts predictions from a sample or from drafts, with the chroma resolution as currently
  // chosen.
  void start_predictor() {
    const bool drafts = trials_.traits.drafts_pay && trials_.options.effort != Effort::fast;
    if (!trials_.sample && !drafts) return;
    const auto part = [this](double quality) -> Result<double> {
      TrialEncoder& trial = trials_.sample ? *trials_.sample : trials_.whole;
      IMGMILL_TRY(Encoding encoding, trial.encoded(trials_.at(quality, Draft::yes)));
      ++trials_.tally.probes;
      IMGMILL_TRY(const Rating rating, trial.rate(encoding));
      const double score = rating.reaches();
      return trials_.sample ? whole_score(score) : score + trials_.traits.bias_of_draft(score);
    };
    predictor_.emplace(part,
                       ScorePredictor::Plan{.low = lowest_quality,
                                            .high = trials_.traits.highest_quality,
                                            .step = trials_.traits.quality_step,
                                            .bend = trials_.bend()},
                       trials_.curve());
  }
  Result<ScoreCurve::Point> predicted(double score, double guess, const SearchBudget& budget) {
    return predictor_->quality_for(score, guess, budget.near, budget.most_tries);
  }

  // Refines the usual guess by quick tries.
  Result<double> first_guess(const std::optional<ScoreCurve::Point>& seen) {
    const double guess = trials_.usual_guess(seen);
    const double wanted = trials_.wanted();
    start_predictor();
    if (!predictor_) return guess;
    const SearchBudget& budget = trials_.sample ? first_sample : first_draft;
    IMGMILL_TRY(ScoreCurve::Point nearer, predicted(wanted, guess, budget));
    if (!trials_.sample || !chroma_is_open(nearer.quality)) return nearer.quality;
    IMGMILL_CHECK(choose_chroma(nearer.quality));
    start_predictor();
    IMGMILL_TRY(nearer, predicted(wanted, nearer.quality, budget));
    return nearer.quality;
  }

  // True if it must be tested whether to subsample chroma.
  [[nodiscard]] bool chroma_is_open(double quality) const {
    if (!trials_.traits.chooses_chroma) return false;
    const bool full =
        trials_.file ? trials_.file->full_chroma : trials_.whole.picture().image.bands() >= 3;
    return full && (quality >= chroma_open_from || trials_.features.graphic());
  }

  // Chooses whether to subsample chroma, by the sample's score relative to its size.
  Result<void> choose_chroma(double guess) {
    const double quality =
        std::clamp(std::round(guess), lowest_quality, trials_.traits.highest_quality);
    const double point = bytes_of_a_point_at(quality, trials_.traits);
    double most = std::numeric_limits<double>::lowest();
    bool chosen = true;
    for (const bool halve : {true, false}) {
      trials_.halve_chroma = halve;
      IMGMILL_TRY(const double found, trials_.worth(*trials_.sample, trials_.at(quality), point));
      if (found > most) {
        most = found;
        chosen = halve;
      }
    }
    trials_.halve_chroma = chosen;
    return {};
  }

  // The quality to try next; nothing if the search is over. Where the sample leads, it is consulted
  // again after the whole has been measured.
  Result<std::optional<double>> next(const QualityBracket& bracket) {
    std::optional<double> quality = bracket.next();
    if (!quality || (trials_.best && given_up_for_time())) return std::nullopt;
    if (bracket.tries() == 0 || !sample_leads_) return quality;
    IMGMILL_TRY(const ScoreCurve::Point there,
                predicted(*trials_.aim.target + sure + landing, *quality, next_sample));
    // Where scores jump, no closer one may exist.
    if (trials_.best && there.score > trials_.best->rating.reaches() - worth_a_try) {
      return std::nullopt;
    }
    return bracket.next_near(there.quality);
  }

  // For a large picture that is encoded quickly, drops the best result so far, three bytes per
  // pixel, and encodes it again if it remains the best.
  void make_room() {
    const Picture& picture = trials_.whole.picture();
    if (!trials_.best || !trials_.traits.encodes_quickly) return;
    if (static_cast<double>(picture.width()) * picture.height() < large_picture) return;
    trials_.best->encoding.encode_later(
        [&whole = trials_.whole, options = trials_.at(trials_.best->quality)] {
          return whole.encoded(options);
        });
  }

  // True if the result cannot become smaller than `to_beat`, judging by how sizes usually change on
  // the way to the target.
  [[nodiscard]] bool hopeless(double quality, std::size_t size, double score) const {
    if (!trials_.aim.to_beat) return false;
    const ScoreCurve& scores = trials_.traits.scores;
    const ScoreCurve& sizes = trials_.traits.sizes;
    const double there =
        quality + scores.quality_for(*trials_.aim.target) - scores.quality_for(score);
    const double shrinks = sizes.score_at(101 - there) - sizes.score_at(101 - quality);
    return static_cast<double>(size) * std::exp(-shrinks) >
           out_of_reach_factor * static_cast<double>(*trials_.aim.to_beat);
  }

  Trials& trials_;
  bool sample_leads_;
  std::optional<ScorePredictor> predictor_;
};

}  // namespace

Result<void> search_by_score(Trials& trials, const std::optional<ScoreCurve::Point>& seen) {
  return ScoreSearch(trials).run(seen);
}

}  // namespace imgmill
