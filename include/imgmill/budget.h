// Searches for one target for a whole batch, so that all outputs together fit a byte budget.
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
  std::uint64_t bytes = 0;  ///< for all outputs together; above 0
  double lowest = 30;       ///< lowest target to try; above 0
  double highest = 95;      ///< highest target to try; above it only lossless is tried
  double step = 0.5;        ///< targets are `lowest` plus whole multiples of this; above 0
};

/// Total output size at one target.
struct BudgetPass {
  int number = 1;                ///< from 1
  std::optional<double> target;  ///< none: lossless
  std::uint64_t bytes = 0;       ///< sum of the outputs, set when the pass is done
  bool fits = false;             ///< set when the pass is done
};

/// Receives events of the search.
class IMGMILL_API BudgetObserver {
 public:
  virtual ~BudgetObserver() = default;
  /// A pass begins. Events of its images go to the returned observer (null: to none), which must
  /// live until the pass is done.
  virtual BatchObserver* on_pass(const BudgetPass& /*pass*/) { return nullptr; }
  virtual void on_pass_done(const BudgetPass& /*pass*/) {}
};

/// Result of the search.
struct BudgetAnswer {
  ImageSettings settings;   ///< the given ones with the target, or lossless
  std::uint64_t bytes = 0;  ///< total size of the outputs with these settings
  int passes = 0;
};

/// Returns a fresh source of the batch's tasks with these settings. Called once per pass.
using TaskFactory =
    std::function<Result<std::unique_ptr<TaskSource>>(std::shared_ptr<const ImageSettings>)>;

/// Finds the highest target of the grid at which all outputs together take at most `budget.bytes`
/// while those of the next higher one do not fit; lossless if that fits. The answer depends only on
/// images, settings and budget. Nothing is written: each pass is a batch with DryRun::check and
/// `options`. If those name a cache, the batch that follows finds all its results there. Images
/// that fail are not counted, but a target at which more of them fail (because a format cannot
/// reach it) does not count as fitting. Kept images count with their size.
///
/// Errors: usage (settings that leave no choice of target, numbers out of range), limit (even the
/// lowest target does not fit; the message has the smallest sum), cancelled, errors of `tasks`, and
/// the error that stopped a pass. May throw what observers and tasks throw.
[[nodiscard]] IMGMILL_API Result<BudgetAnswer> find_target(
    ImageOptimizer& optimizer, const TaskFactory& tasks, const ImageSettings& settings,
    const BatchOptions& options, const Budget& budget, BudgetObserver& observer,
    std::stop_token stop = {});

}  // namespace imgmill
