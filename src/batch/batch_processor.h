// Runs one batch: planning, validation, pipeline and collection, all at the same time.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <stop_token>

#include "batch/collector.h"
#include "batch/copy_others.h"
#include "batch/stores.h"
#include "batch/validate.h"
#include "executor/executor.h"
#include "imgmill/batch.h"
#include "pipeline/bounded_queue.h"
#include "pipeline/pipeline.h"

namespace imgmill {

/// Maximum number of tasks by which planning may run ahead of validation. Large enough that the
/// number of images, and with it the time left, is soon known; small enough that a million of them
/// do not fill the memory (a planned task takes about 1 kB).
inline constexpr std::size_t plan_ahead = 8192;

/// Runs one batch; for a single use.
///
///   planner thread --[planned]--> caller: validate 50 at a time --> Pipeline --> Collector
class BatchProcessor {
 public:
  /// All references must outlive the processor.
  BatchProcessor(Executor& executor, TaskSource& tasks, const BatchOptions& options,
                 BatchObserver& observer, std::stop_token stop);

  /// Runs to the end; see ImageOptimizer::run. Throws only what the observer or the task source
  /// throws, and std::system_error or std::bad_alloc if threads or queues cannot be created.
  [[nodiscard]] BatchSummary run();

 private:
  struct Planned {
    std::uint64_t index = 0;
    PlannedTask task;
  };
  struct Chunk;

  void plan_all(BoundedQueue<Planned>& planned);
  void validate_all(BoundedQueue<Planned>& planned, Pipeline& pipeline);
  void hand_on(std::uint64_t index, ImageTask task, Verdict verdict, Pipeline& pipeline);
  void report_unplanned(std::uint64_t index, PlanFailure failure);

  Executor& executor_;
  TaskSource& tasks_;
  const BatchOptions options_;
  Stores stores_;
  std::stop_source stop_;  ///< stops on the caller's request, a failure, or a throwing observer
  std::stop_callback<std::function<void()>> on_outer_stop_;
  Collector collector_;
  OtherFiles others_;
  Validator validator_;
  std::chrono::microseconds plan_time_{0};
  std::chrono::microseconds validate_time_{0};
  std::exception_ptr thrown_by_source_;
};

}  // namespace imgmill
