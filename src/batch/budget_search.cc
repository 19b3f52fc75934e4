#include "batch/budget_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace imgmill {

void BudgetSearch::tried(int step, std::uint64_t bytes, Outcome outcome) {
  known_[step] = {std::log(std::max(1.0, static_cast<double>(bytes))),
                  outcome != Outcome::out_of_reach && step <= rules_.top};
  if (outcome == Outcome::fits) {
    low_ = std::max(low_, step);
  } else {
    high_ = std::min(high_.value_or(step), step);
  }
}

std::optional<int> BudgetSearch::answer() const {
  return low_ >= 0 ? std::optional<int>(low_) : std::nullopt;
}

/// Returns where the line through `from` and its nearest neighbour meets the budget.
int BudgetSearch::straight_line(int from) const {
  const auto here = known_.find(from);
  double slope = rules_.slope;
  double nearest = 0;
  for (const auto& [step, known] : known_) {
    if (step == from || !known.usable) continue;
    const double distance = std::abs(step - from);
    const double rise = (known.log_bytes - here->second.log_bytes) / (step - from);
    // Noise of the encoders may tilt the line the wrong way.
    if (rise < rules_.slope / 10 || (nearest > 0 && distance >= nearest)) continue;
    nearest = distance;
    slope = rise;
  }
  const double room = std::log(static_cast<double>(rules_.budget)) - here->second.log_bytes;
  return from + static_cast<int>(std::floor(std::clamp(room / slope, -1e6, 1e6)));
}

std::optional<int> BudgetSearch::next() const {
  if (known_.empty()) return rules_.first;
  const int exact = rules_.top + 1;
  const int high = high_.value_or(exact + 1);
  if (high - low_ <= 1) return std::nullopt;
  const int least = low_ + 1;
  const int most = high - 1;
  if (exact_first_ && !known_.contains(exact) && most == exact) return exact;
  // The step beyond the top is tried only once the top itself fits.
  const int most_sloped = std::max(least, std::min(most, rules_.top));
  if (least == exact) return exact;
  if (static_cast<int>(known_.size()) >= patience) return std::midpoint(least, most_sloped);

  const auto usable = [&](int step) {
    const auto found = known_.find(step);
    return found != known_.end() && found->second.usable;
  };
  if (high_ && usable(*high_) && (low_ < 0 || !usable(low_))) {
    return std::clamp(straight_line(*high_), least, most_sloped);
  }
  if (usable(low_)) return std::clamp(straight_line(low_), least, most_sloped);
  return std::midpoint(least, most_sloped);
}

}  // namespace imgmill
