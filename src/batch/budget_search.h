// Which target to try next, so that a sum of bytes comes near a budget in few passes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace imgmill {

/// A bracketed search over steps 0..top, on which bytes grow with the step, and one more
/// behind them (top + 1, "without loss") that says nothing about the others' slope.
///
/// Bytes grow about exponentially with the score, so the next step is where a straight
/// line through log(bytes) meets the budget; after `patience` tries the bracket is
/// halved instead, which bounds their number. Pure; answers depend on what was tried alone.
class BudgetSearch {
 public:
  struct Rules {
    int top = 0;               ///< the last step with a slope
    int first = 0;             ///< where to begin, 0..top
    double slope = 0.02;       ///< of log(bytes) a step, until two steps are known
    std::uint64_t budget = 1;  ///< bytes
  };
  enum class Outcome {
    fits,
    too_large,
    out_of_reach,  ///< the bytes say nothing: images were lost
  };

  explicit BudgetSearch(const Rules& rules) : rules_(rules) {}

  /// The next step to try; nothing when the answer is known.
  [[nodiscard]] std::optional<int> next() const;
  void tried(int step, std::uint64_t bytes, Outcome outcome);
  /// Without loss everything will probably fit, so that is looked at before the rest.
  void try_exact_first() { exact_first_ = true; }

  /// The highest step that fits, the one above being known not to; nothing: none does.
  [[nodiscard]] std::optional<int> answer() const;

  static constexpr int patience = 6;

 private:
  struct Known {
    double log_bytes = 0;
    bool usable = true;  ///< for the slope
  };
  [[nodiscard]] int straight_line(int from) const;

  const Rules rules_;
  std::map<int, Known> known_;
  int low_ = -1;             ///< the highest that fits
  std::optional<int> high_;  ///< the lowest that does not
  bool exact_first_ = false;
};

}  // namespace imgmill
