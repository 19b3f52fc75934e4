#include "batch/batch_processor.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "platform/thread.h"

namespace imgmill {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

/// Adds its own lifetime to `sum`.
class Stopwatch {
 public:
  explicit Stopwatch(microseconds& sum) : sum_(sum) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { sum_ += duration_cast<microseconds>(steady_clock::now() - start_); }

 private:
  microseconds& sum_;
  steady_clock::time_point start_ = steady_clock::now();
};

PipelineOptions pipeline_options(const BatchOptions& options, const ResultStore& memory) {
  PipelineOptions result;
  result.mode = options.pipeline;
  result.workers = options.jobs;
  result.queue_capacity = std::max<std::size_t>(1, options.queue_capacity);
  result.byte_budget = options.byte_budget;
  result.on_stop = options.on_stop;
  result.limits = options.limits;
  result.write = {options.existing, options.backup_dir, options.dry_run == DryRun::no, memory};
  return result;
}

}  // namespace

/// Tasks that are validated together, in place.
struct BatchProcessor::Chunk {
  Chunk() {
    tasks.reserve(validation_chunk);
    indexes.reserve(validation_chunk);
    verdicts.resize(validation_chunk);
  }
  void clear() {
    tasks.clear();
    indexes.clear();
  }

  std::vector<ImageTask> tasks;
  std::vector<std::uint64_t> indexes;
  std::vector<Verdict> verdicts;
};

BatchProcessor::BatchProcessor(Executor& executor, TaskSource& tasks, const BatchOptions& options,
                               BatchObserver& observer, std::stop_token stop)
    : executor_(executor),
      tasks_(tasks),
      options_(options),
      stores_(options_),
      on_outer_stop_(std::move(stop), [this] { stop_.request_stop(); }),
      collector_(observer, options.on_failure, options.max_environment_failures, stop_),
      others_(
          options.existing, [this](const CopiedFile& file) { collector_.on_copied(file); },
          stop_.get_token()),
      // Validation waits for the disk more than for a core, but it is secondary: more than 4
      // threads would take cores from the images.
      validator_({options.existing, options.limits, options.dry_run != DryRun::check,
                  options.journal && options.journal->resume,
                  options.dry_run == DryRun::yes ? ResultStore{} : stores_.memory(), &tasks},
                 std::clamp(executor.width(), 1, 4)) {}

BatchSummary BatchProcessor::run() {
  PipelineTimes times;
  QueueDepths queues;
  for (const Error& warning : stores_.warnings()) collector_.on_warning(warning);
  {
    Pipeline pipeline(executor_, collector_, pipeline_options(options_, stores_.memory()),
                      stop_.get_token());
    BoundedQueue<Planned> planned(plan_ahead);
    std::jthread planner([&] {
      name_this_thread("imgmill-plan");
      plan_all(planned);
    });
    try {
      validate_all(planned, pipeline);
    } catch (...) {
      // The planner may be blocked on a queue that nobody empties any more.
      stop_.request_stop();
      planned.close();
      throw;
    }
    planner.join();
    pipeline.finish();
    others_.finish();
    times = pipeline.busy();
    queues = pipeline.depths();
  }
  if (thrown_by_source_) std::rethrow_exception(thrown_by_source_);
  BatchSummary summary = collector_.finish();
  summary.busy = {plan_time_, validate_time_, times.read, times.process, times.write};
  summary.queues = queues;
  summary.stopped = stop_.stop_requested();
  if (!summary.stopped) summary.idle_patterns = tasks_.idle_patterns();
  for (const Error& warning : stores_.finish(summary)) collector_.on_warning(warning);
  return summary;
}

void BatchProcessor::plan_all(BoundedQueue<Planned>& planned) {
  std::uint64_t count = 0;
  tasks_.on_left_out([this](const LeftOut& left_out) {
    if (left_out.copy_to.empty()) {
      collector_.on_left_out(left_out);
    } else if (options_.dry_run == DryRun::no) {
      others_.copy(left_out.path, left_out.copy_to);
    } else if (options_.dry_run == DryRun::yes) {
      collector_.on_copied({left_out.path, left_out.copy_to});
    }
  });
  try {
    while (!stop_.stop_requested()) {
      std::optional<PlannedTask> task;
      {
        const Stopwatch watch(plan_time_);
        task = tasks_.next();
      }
      if (!task) break;
      Planned next{count++, *std::move(task)};
      // The validating thread drains the queue even after a stop; push() fails only if it threw.
      if (!planned.push(next)) break;
      if (count == 1 || count % validation_chunk == 0) collector_.on_planned(count, false);
    }
  } catch (...) {
    thrown_by_source_ = std::current_exception();
    stop_.request_stop();
  }
  tasks_.on_left_out({});
  collector_.on_planned(count, !stop_.stop_requested());
  planned.close();
}

void BatchProcessor::validate_all(BoundedQueue<Planned>& planned, Pipeline& pipeline) {
  Chunk chunk;
  for (;;) {
    chunk.clear();
    std::optional<Planned> next = planned.pop();
    if (!next) return;
    while (next) {
      if (next->task) {
        chunk.indexes.push_back(next->index);
        chunk.tasks.push_back(*std::move(next->task));
      } else {
        report_unplanned(next->index, std::move(next->task).error());
      }
      next = chunk.tasks.size() < validation_chunk ? planned.try_pop() : std::nullopt;
    }
    if (!stop_.stop_requested()) {
      const Stopwatch watch(validate_time_);
      validator_.validate(chunk.tasks, std::span(chunk.verdicts).first(chunk.tasks.size()));
    }
    for (std::size_t i = 0; i < chunk.tasks.size(); ++i) {
      hand_on(chunk.indexes[i], std::move(chunk.tasks[i]), std::move(chunk.verdicts[i]), pipeline);
    }
  }
}

void BatchProcessor::report_unplanned(std::uint64_t index, PlanFailure failure) {
  OptimizationResult result;
  result.index = index;
  result.original_path = std::move(failure.input_path);
  result.optimized_path = std::move(failure.output_path);
  result.stage = Stage::plan;
  result.error = std::move(failure.error);
  collector_.on_result(std::move(result));
}

void BatchProcessor::hand_on(std::uint64_t index, ImageTask task, Verdict verdict,
                             Pipeline& pipeline) {
  Job job{
      index,          std::move(task),    verdict.size,    verdict.format, std::move(verdict.notes),
      verdict.recipe, verdict.idempotent, verdict.existing};
  if (stop_.stop_requested()) return collector_.on_result(cancelled(job, Stage::validate));
  switch (verdict.kind) {
    case Verdict::Kind::bad:
      if (verdict.place_failed) {
        return collector_.on_place_failure(failed(job, Stage::validate, *std::move(verdict.error)));
      }
      return collector_.on_result(failed(job, Stage::validate, *std::move(verdict.error)));
    case Verdict::Kind::done: {
      if (verdict.output_path) job.task.output_path = *std::move(verdict.output_path);
      OptimizationResult result = result_of(job, Stage::validate, *verdict.known);
      (verdict.resumed ? result.resumed : result.cached) = true;
      return collector_.on_result(std::move(result));
    }
    case Verdict::Kind::skip: {
      if (verdict.output_path) job.task.output_path = *std::move(verdict.output_path);
      OptimizationResult result = result_of(job, Stage::validate);
      result.decision = Decision::skipped;
      result.optimized_size = verdict.output_size;
      return collector_.on_result(std::move(result));
    }
    case Verdict::Kind::go:
      break;
  }
  if (options_.dry_run == DryRun::yes) {
    OptimizationResult result = result_of(job, Stage::validate);
    result.decision = Decision::planned;
    result.optimized_size = result.original_size;  // no savings are known yet
    return collector_.on_result(std::move(result));
  }
  pipeline.submit(std::move(job));
}

}  // namespace imgmill
