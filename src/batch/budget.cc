#include "imgmill/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "batch/budget_search.h"

namespace imgmill {
namespace {

// log(bytes) per point of score: photographs of 1 to 3 megapixels from 72 to 80, as JPEG.
constexpr double usual_slope = 0.05;

constexpr double most_steps = 100'000;

/// Forwards events and counts failures that the target may have caused.
class Counting : public BatchObserver {
 public:
  explicit Counting(BatchObserver* inner) : inner_(inner) {}

  void on_planned(std::uint64_t tasks, bool complete) override {
    if (inner_ != nullptr) inner_->on_planned(tasks, complete);
  }
  void on_started(const ImageTask& task) override {
    if (inner_ != nullptr) inner_->on_started(task);
  }
  void on_result(const OptimizationResult& result) override {
    if (result.error && (result.error->code() == ErrorCode::unsupported ||
                         result.error->code() == ErrorCode::limit)) {
      ++refused;
    }
    if (inner_ != nullptr) inner_->on_result(result);
  }
  void on_warning(const Error& warning) override {
    if (inner_ != nullptr) inner_->on_warning(warning);
  }

  std::uint64_t refused = 0;

 private:
  BatchObserver* inner_;
};

struct Sum {
  std::uint64_t bytes = 0;
  std::uint64_t bytes_before = 0;
  std::uint64_t images = 0;   ///< included in the sum
  std::uint64_t refused = 0;  ///< images with a failure that the target may have caused
};

/// One search, from the first pass to the answer.
class Finder {
 public:
  Finder(ImageOptimizer& optimizer, const TaskFactory& tasks, const ImageSettings& settings,
         const BatchOptions& options, const Budget& budget, BudgetObserver& observer,
         std::stop_token stop)
      : optimizer_(optimizer),
        tasks_(tasks),
        settings_(settings),
        options_(options),
        budget_(budget),
        observer_(observer),
        stop_(std::move(stop)),
        top_(static_cast<int>(std::floor((budget.highest - budget.lowest) / budget.step + 1e-9))) {
    // Passes write nothing and count everything.
    options_.dry_run = DryRun::check;
    options_.journal.reset();
    options_.on_failure = OnFailure::go_on;
  }

  Result<BudgetAnswer> find() {
    const double start = (Target::high - budget_.lowest) / budget_.step;
    BudgetSearch search({.top = top_,
                         .first = static_cast<int>(std::clamp<double>(start, 0, top_)),
                         .slope = usual_slope * budget_.step,
                         .budget = budget_.bytes});
    while (const std::optional<int> step = search.next()) {
      IMGMILL_TRY(const Sum sum, sum_at(*step));
      // If the sum is empty, one target is as good as another.
      if (sum.images == 0 && sum.refused == 0) return answer_of(*step, sum);
      IMGMILL_TRY(const BudgetSearch::Outcome outcome, judged(sum));
      search.tried(*step, sum.bytes, outcome);
      if (sum.bytes_before <= budget_.bytes) search.try_exact_first();
    }
    const std::optional<int> best = search.answer();
    if (best) return answer_of(*best, sums_.at(*best));
    // Usually that of the lowest target, but encoders are not always monotonic.
    const auto smallest =
        std::ranges::min_element(sums_, {}, [](const auto& tried) { return tried.second.bytes; });
    return fail(
        ErrorCode::limit,
        fmt::format("these images come to {} at least (target {:g}), more than the budget of {}",
                    human_size(smallest->second.bytes), target_of(smallest->first).value_or(100),
                    human_size(budget_.bytes)),
        "make them smaller with --resize, let --format auto choose the format, or allow a larger "
        "budget");
  }

 private:
  [[nodiscard]] std::optional<double> target_of(int step) const {
    if (step > top_) return std::nullopt;
    return budget_.lowest + step * budget_.step;
  }

  [[nodiscard]] ImageSettings settings_of(int step) const {
    ImageSettings settings = settings_;
    if (const std::optional<double> target = target_of(step)) {
      settings.target = Target{.score = *target};
    } else {
      settings.compression = Compression::lossless;
    }
    return settings;
  }

  [[nodiscard]] BudgetAnswer answer_of(int step, const Sum& sum) const {
    return {.settings = settings_of(step), .bytes = sum.bytes, .passes = passes_};
  }

  Result<Sum> sum_at(int step) {
    if (const auto known = sums_.find(step); known != sums_.end()) return known->second;
    BudgetPass pass{.number = ++passes_, .target = target_of(step)};
    IMGMILL_TRY(const std::unique_ptr<TaskSource> source,
                tasks_(std::make_shared<const ImageSettings>(settings_of(step))));
    Counting counting(observer_.on_pass(pass));
    const BatchSummary summary = optimizer_.run(*source, options_, counting, stop_);
    if (summary.stop_reason) return std::unexpected(*summary.stop_reason);
    if (summary.stopped) {
      return fail(ErrorCode::cancelled, "stopped while the target was looked for",
                  "run again; what was found out is in the cache");
    }
    const Sum sum{.bytes = summary.bytes_after,
                  .bytes_before = summary.bytes_before,
                  .images = summary.succeeded,
                  .refused = counting.refused};
    pass.bytes = sum.bytes;
    pass.fits = sum.bytes <= budget_.bytes;
    observer_.on_pass_done(pass);
    sums_.emplace(step, sum);
    return sum;
  }

  /// A format that cannot reach a target refuses images, which are then missing from the sum.
  /// Images that are refused even at the lowest target are ignored.
  Result<BudgetSearch::Outcome> judged(const Sum& sum) {
    using enum BudgetSearch::Outcome;
    if (sum.bytes > budget_.bytes) return too_large;
    for (const auto& [step, other] : sums_) {
      if (other.refused < sum.refused) return out_of_reach;
    }
    if (sum.refused == 0) return fits;
    IMGMILL_TRY(const Sum least, sum_at(0));
    return sum.refused > least.refused ? out_of_reach : fits;
  }

  ImageOptimizer& optimizer_;
  const TaskFactory& tasks_;
  const ImageSettings& settings_;
  BatchOptions options_;
  const Budget budget_;
  BudgetObserver& observer_;
  const std::stop_token stop_;
  const int top_;
  int passes_ = 0;
  std::map<int, Sum> sums_;  ///< by step
};

Result<void> check(const ImageSettings& settings, const Budget& budget) {
  ImageSettings with_target = settings;
  with_target.target = Target{};
  if (settings.target || !validate(with_target)) {
    IMGMILL_CHECK(validate(settings));
    return fail(ErrorCode::usage, "a budget leaves no choice of target, quality or lossless",
                "leave them out: the budget finds the target by itself");
  }
  const bool grid = budget.lowest > 0 && budget.highest >= budget.lowest && budget.highest < 100 &&
                    budget.step > 0 && (budget.highest - budget.lowest) / budget.step <= most_steps;
  if (budget.bytes == 0 || !grid) {
    return fail(ErrorCode::usage, "a budget of 0 bytes, or targets that make no sense",
                "use bytes above 0, targets above 0 and below 100, and a step above 0");
  }
  return {};
}

}  // namespace

Result<BudgetAnswer> find_target(ImageOptimizer& optimizer, const TaskFactory& tasks,
                                 const ImageSettings& settings, const BatchOptions& options,
                                 const Budget& budget, BudgetObserver& observer,
                                 std::stop_token stop) {
  IMGMILL_CHECK(check(settings, budget));
  return Finder(optimizer, tasks, settings, options, budget, observer, std::move(stop)).find();
}

}  // namespace imgmill
