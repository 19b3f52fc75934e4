// One target for all images of a batch, so that all outputs together fit.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "imgmill/batch.h"
#include "imgmill/error.h"
#include "imgmill/export.h"
#include "imgmill/settings.h"

namespace imgmill {

struct Budget {
  std::uint64_t bytes = 0;  ///< all outputs together; above 0
  double lowest = 30;       ///< the target below which nothing is tried; above 0
  double highest = 95;      ///< the highest target; above it only "without loss" is tried
  double step = 0.5;        ///< targets are `lowest` and whole steps above it; above 0
};

/// What all outputs come to together at one target.
struct BudgetPass {
  int number = 1;                ///< from 1
  std::optional<double> target;  ///< none: without loss
  std::uint64_t bytes = 0;       ///< sum of the outputs, once the pass is done
  bool fits = false;             ///< likewise
};

/// Hears what the search does.
class IMGMILL_API BudgetObserver {
 public:
  virtual ~BudgetObserver() = default;
  /// A pass begins. What happens to its images is told to the answer (null: to nobody),
  /// which lives until the pass is done.
  virtual BatchObserver* on_pass(const BudgetPass& /*pass*/) { return nullptr; }
  virtual void on_pass_done(const BudgetPass& /*pass*/) {}
};

/// What was found.
struct BudgetAnswer {
  ImageSettings settings;   ///< those that were given, with the target; or without loss
  std::uint64_t bytes = 0;  ///< what all outputs come to with these settings
  int passes = 0;
};

/// The tasks of the batch, from the beginning, with these settings. Called once a pass.
using TaskFactory =
    std::function<Result<std::unique_ptr<TaskSource>>(std::shared_ptr<const ImageSettings>)>;

/// Finds the highest target of the grid with which the outputs of all tasks together take at
/// most `budget.bytes`, while the next higher one does not fit; without loss where that fits. The
/// answer depends on images, settings and budget alone. Nothing is written: each pass is a
/// batch with DryRun::check and `options`; with a cache in them the batch that follows finds
/// everything done. Images that fail are not counted, but a target at which more of them fail
/// (as a format cannot reach it) does not count as fitting. Kept ones count with their size.
///
/// Errors: usage (settings that leave no choice of target, numbers out of range), limit (even
/// the lowest target does not fit; the message has the smallest sum), cancelled, what
/// `tasks` answers, and what stopped a pass. May throw what observers and tasks throw.
[[nodiscard]] IMGMILL_API Result<BudgetAnswer> find_target(
    ImageOptimizer& optimizer, const TaskFactory& tasks, const ImageSettings& settings,
    const BatchOptions& options, const Budget& budget, BudgetObserver& observer,
    std::stop_token stop = {});

}  // namespace imgmill
