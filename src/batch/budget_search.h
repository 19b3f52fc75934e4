// Chooses the next target to try so that a sum of bytes comes close to a budget in few passes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace imgmill {

/// Bracketing search over the steps 0..top, on which bytes grow with the step, plus one step beyond
/// them (top + 1, lossless) that tells nothing about the slope of the others.
///
/// Bytes grow about exponentially with the score, so the next step is where a straight line through
/// log(bytes) meets the budget. After `patience` tries the bracket is bisected instead, which
/// bounds the number of tries. Pure: answers depend only on what was tried.
class BudgetSearch {
 public:
  struct Rules {
    int top = 0;               ///< the last step with a slope
    int first = 0;             ///< first step to try, 0..top
    double slope = 0.02;       ///< of log(bytes) per step, until two steps are known
    std::uint64_t budget = 1;  ///< bytes
  };
  enum class Outcome {
    fits,
    too_large,
    out_of_reach,  ///< the bytes mean nothing: some images were refused
  };

  explicit BudgetSearch(const Rules& rules) : rules_(rules) {}

  /// Returns the next step to try; nullopt if the answer is known.
  [[nodiscard]] std::optional<int> next() const;
  void tried(int step, std::uint64_t bytes, Outcome outcome);
  /// Tries the lossless step before the rest, because everything will probably fit.
  void try_exact_first() { exact_first_ = true; }

  /// Returns the highest step that fits, if the one above is known not to; nullopt if none fits.
  [[nodiscard]] std::optional<int> answer() const;

  static constexpr int patience = 6;

 private:
  struct Known {
    double log_bytes = 0;
    bool usable = true;  ///< may be used for the slope
  };
  [[nodiscard]] int straight_line(int from) const;

  const Rules rules_;
  std::map<int, Known> known_;
  int low_ = -1;             ///< the highest step that fits
  std::optional<int> high_;  ///< the lowest step that does not
  bool exact_first_ = false;
};

}  // namespace imgmill
