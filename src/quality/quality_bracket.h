// Finds the quality number that reaches a score, by bracketing and model-based prediction.
#pragma once

#include <cstdint>
#include <optional>

#include "codecs/score_curve.h"

namespace imgmill {

/// Searches for the lowest quality whose score is at least a target, assuming that scores increase
/// with quality, in as few tries as possible. The caller reports each try's score, in any order,
/// and asks for the next quality. Every answer depends only on the reported tries.
///
/// Scores of real encoders are not strictly monotonic: the answer itself has reached the target,
/// whatever its neighbours do.
class QualityBracket {
 public:
  /// How the usual curve is fitted to the tries: shifted along the quality axis, or with its losses
  /// (100 minus the score) scaled.
  enum class Bend { move, multiply };

  struct Plan {
    double target = 80;
    double low = 1;  ///< range of qualities, multiples of `step`
    double high = 100;
    double guess = 75;   ///< starting point
    double step = 1;     ///< between qualities that the encoder distinguishes; a power of two
    int most_tries = 6;  ///< after these, the best so far is the answer
    /// A score at most this many points above the target is accepted: another try would save
    /// little.
    double near_enough = 0.3;
    Bend bend = Bend::move;
    /// A bracket this narrow is not divided further: if scores jump within it, more tries do not
    /// help.
    double narrow = 1;
  };

  /// `curve` must outlive the search.
  QualityBracket(const Plan& plan, const ScoreCurve& curve) : plan_(plan), curve_(&curve) {}

  /// The quality to try next; nothing if the search is over.
  [[nodiscard]] std::optional<double> next() const;
  /// The same for a caller with a better prediction than the curve's: near `aim`.
  [[nodiscard]] std::optional<double> next_near(double aim) const;
  /// True if no further try is worthwhile at any quality.
  [[nodiscard]] bool over() const;
  /// Reports that `quality` gave `score`.
  void tried(double quality, double score);

  /// The lowest quality known to reach the target.
  [[nodiscard]] std::optional<double> answer() const {
    return pass_ ? std::optional(pass_->quality) : std::nullopt;
  }
  /// The quality expected to give `score`, judging by all tries; may be a fraction of a step.
  [[nodiscard]] double expected(double score) const {
    return pass_ || fail_ ? predicted(score) : plan_.guess;
  }
  [[nodiscard]] int tries() const { return tries_; }

 private:
  struct Try {
    double quality;
    double score;
  };
  [[nodiscard]] double predicted(double score) const;
  [[nodiscard]] double least() const { return fail_ ? fail_->quality + plan_.step : plan_.low; }
  [[nodiscard]] double most() const { return pass_ ? pass_->quality - plan_.step : plan_.high; }
  [[nodiscard]] double on_grid(double quality) const;
  [[nodiscard]] double predicted_by_loss(double score) const;
  [[nodiscard]] double loss_factor(const Try& known) const;

  Plan plan_;
  const ScoreCurve* curve_;
  std::optional<Try> pass_;    ///< the lowest try that reaches the target
  std::optional<Try> fail_;    ///< the highest try that does not
  std::optional<Try> before_;  ///< the try on the same side from which the latest of them was
                               ///< predicted
  int tries_ = 0;
};

}  // namespace imgmill
