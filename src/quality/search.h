// Which quality number reaches a score: a bracket, and good guesses within it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace imgmill {

/// How scores usually follow the quality number of one encoder: points with rising
/// qualities and rising scores, between and beyond which straight lines go.
class ScoreCurve {
 public:
  struct Point {
    double quality;
    double score;
  };
  /// `points` are at least two and outlive the curve.
  constexpr explicit ScoreCurve(std::span<const Point> points) : points_(points) {}
  [[nodiscard]] double quality_for(double score) const;
  [[nodiscard]] double score_at(double quality) const;

 private:
  std::span<const Point> points_;
};

/// Looks for the lowest quality whose score is at least a target, assuming that scores
/// rise with qualities, with as few tries as it can. Tell it what each try gave, in any
/// order; ask it for the next one. Every answer depends on what it was told alone.
///
/// Scores of real encoders do not rise strictly: what it settles on has reached the
/// target itself, whatever its neighbours do.
class QualitySearch {
 public:
  /// How the usual curve is made to go through what was tried: moved along the qualities, or
  /// with its losses, which are what scores lack of 100, multiplied.
  enum class Bend { move, multiply };

  struct Plan {
    double target = 80;
    double low = 1;  ///< the lowest and highest quality there is, multiples of `step`
    double high = 100;
    double guess = 75;   ///< where to begin
    double step = 1;     ///< between qualities that the encoder tells apart; a power of two
    int most_tries = 6;  ///< then the best so far is the answer
    /// A score this far above the target is near enough: another try would save
    /// little. Points.
    double near_enough = 0.3;
    Bend bend = Bend::move;
    /// A bracket this wide is not halved: scores that leap within it do not get nearer so.
    double narrow = 1;
  };

  /// `curve` outlives the search.
  QualitySearch(const Plan& plan, const ScoreCurve& curve) : plan_(plan), curve_(&curve) {}

  /// The quality to try next; nothing when the search is over.
  [[nodiscard]] std::optional<double> next() const;
  /// The same where somebody knows better than the curve what lies where: near `aim`.
  [[nodiscard]] std::optional<double> next_near(double aim) const;
  /// Whether nothing more is worth a try, wherever it lay.
  [[nodiscard]] bool over() const;
  /// `quality` gave `score`.
  void tried(double quality, double score);

  /// The lowest quality that was found to reach the target.
  [[nodiscard]] std::optional<double> answer() const {
    return pass_ ? std::optional(pass_->quality) : std::nullopt;
  }
  /// Where, judging by all that was tried, `score` lies, in parts of a step.
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
  std::optional<Try> pass_;    ///< the lowest that reaches the target
  std::optional<Try> fail_;    ///< the highest that does not
  std::optional<Try> before_;  ///< what the last of them was found from, on the same side
  int tries_ = 0;
};

}  // namespace imgmill
