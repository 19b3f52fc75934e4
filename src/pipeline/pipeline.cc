#include "pipeline/pipeline.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include "pipeline/memory.h"
#include "platform/thread.h"

namespace imgmill {
namespace {

using std::chrono::microseconds;

void start_threads(std::vector<std::jthread>& threads, int count, const char* name, auto work) {
  for (int i = 0; i < std::max(1, count); ++i) {
    threads.emplace_back([name, work] {
      name_this_thread(name);
      work();
    });
  }
}

/// Joins the threads.
void finish_threads(std::vector<std::jthread>& threads) { threads.clear(); }

}  // namespace

Pipeline::Pipeline(Executor& executor, PipelineObserver& observer, PipelineOptions options,
                   std::stop_token stop)
    : executor_(executor),
      observer_(observer),
      options_(std::move(options)),
      stop_(std::move(stop)),
      budget_(options_.byte_budget),
      jobs_(options_.queue_capacity),
      loaded_(options_.queue_capacity),
      processed_(options_.queue_capacity) {
  try {
    if (options_.mode == Pipelining::off) {
      start_threads(processors_, workers(), "imgmill-image", [this] { do_all_in_turn(); });
      return;
    }
    start_threads(readers_, options_.readers, "imgmill-read", [this] { read_all(); });
    start_threads(processors_, workers(), "imgmill-process", [this] { process_all(); });
    start_threads(writers_, options_.writers, "imgmill-write", [this] { write_all(); });
  } catch (...) {
    finish();
    throw;
  }
}

int Pipeline::workers() const {
  const int most = executor_.callers();
  return options_.workers > 0 ? std::min(options_.workers, most) : most;
}

void Pipeline::submit(Job job) {
  // No stop token: after a stop the readers drain the queue at once, so there is a free slot soon,
  // and every job passes the single place where results are made.
  ++unprocessed_;
  if (jobs_.push(job)) return;
  --unprocessed_;
  observer_.on_result(cancelled(job, Stage::validate));
}

void Pipeline::finish() {
  complete_ = true;
  // Front to back: a queue is closed only once nothing can push to it any more.
  jobs_.close();
  finish_threads(readers_);
  loaded_.close();
  finish_threads(processors_);
  processed_.close();
  finish_threads(writers_);
}

std::size_t Pipeline::images_left() const { return complete_ ? unprocessed_.load() : Work::many; }

PipelineTimes Pipeline::busy() const {
  return {microseconds(read_us_), microseconds(process_us_), microseconds(write_us_)};
}

void Pipeline::read_all() {
  while (std::optional<Job> job = jobs_.pop()) {
    std::optional<LoadedJob> loaded = read(*std::move(job));
    if (loaded && !loaded_.push(*loaded)) {
      observer_.on_result(cancelled(loaded->job, Stage::read));
    }
  }
}

void Pipeline::process_all() {
  while (std::optional<LoadedJob> loaded = loaded_.pop()) {
    std::optional<ProcessedJob> processed = process(*std::move(loaded));
    loaded.reset();
    if (processed && !processed_.push(*processed)) {
      observer_.on_result(cancelled(processed->job, Stage::process));
    }
  }
}

void Pipeline::write_all() {
  while (std::optional<ProcessedJob> processed = processed_.pop()) {
    write(*std::move(processed));
  }
}

void Pipeline::do_all_in_turn() {
  while (std::optional<Job> job = jobs_.pop()) {
    std::optional<LoadedJob> loaded = read(*std::move(job));
    if (!loaded) continue;
    if (std::optional<ProcessedJob> processed = process(*std::move(loaded))) {
      write(*std::move(processed));
    }
  }
}

std::optional<LoadedJob> Pipeline::read(Job job) {
  Result<LoadedJob> loaded = read_stage(job, budget_, executor_, options_.limits, stop_);
  if (!loaded) {
    --unprocessed_;
    observer_.on_result(failed(job, Stage::read, std::move(loaded).error()));
    return std::nullopt;
  }
  read_us_ += loaded->elapsed.count();
  if (recalled(*loaded)) {
    --unprocessed_;
    return std::nullopt;
  }
  return *std::move(loaded);
}

/// True if what is known about the job's input makes processing unnecessary.
bool Pipeline::recalled(LoadedJob& loaded) {
  if (!options_.write.memory) return false;
  Recalled known;
  try {
    known = recall(loaded, options_.write.memory, options_.write.write);
  } catch (const std::exception&) {
    return false;  // processing itself may need less memory, or reports the error for this image
  }
  if (known.result) {
    loaded.input.bytes = {};
    loaded.permit.release();
    observer_.on_result(*std::move(known.result));
    return true;
  }
  if (!known.processed) return false;
  observer_.on_started(known.processed->job.task);
  pass_on(*std::move(known.processed), Stage::read);
  return true;
}

void Pipeline::pass_on(ProcessedJob processed, Stage stage) {
  if (options_.mode == Pipelining::off) {
    write(std::move(processed));
  } else if (!processed_.push(processed)) {
    observer_.on_result(cancelled(processed.job, stage));
  }
}

std::optional<ProcessedJob> Pipeline::process(LoadedJob loaded) {
  if (!stop_.stop_requested()) observer_.on_started(loaded.job.task);
  // An input that could not be hashed is not shared.
  const bool may_be_shared = options_.write.memory && loaded.content != ContentHash();
  if (may_be_shared && !same_work_.begin(loaded)) return std::nullopt;
  const ContentHash content = loaded.content;
  const ContentHash recipe = loaded.job.recipe;
  const microseconds before = loaded.elapsed;
  Result<ProcessedJob> processed =
      process_stage(loaded, executor_, options_.limits, images_left(), stop_,
                    options_.on_stop == OnStop::end_images ? stop_ : std::stop_token());
  --unprocessed_;
  if (may_be_shared) share(processed, same_work_.end(content, recipe));
  if (!processed) {
    process_us_ += (loaded.elapsed - before).count();
    loaded.input.bytes = {};
    loaded.permit.release();
    observer_.on_result(
        failed(loaded.job, Stage::process, std::move(processed).error(), loaded.elapsed));
    return std::nullopt;
  }
  process_us_ += (processed->elapsed - before).count();
  return *std::move(processed);
}

void Pipeline::share(const Result<ProcessedJob>& done, std::vector<LoadedJob> waiters) {
  for (LoadedJob& waiter : waiters) {
    // An environment error may be temporary, so each waiter is tried itself.
    if (!done && done.error().code() == ErrorCode::environment) {
      if (auto own = process(std::move(waiter))) pass_on(*std::move(own), Stage::process);
      continue;
    }
    --unprocessed_;
    if (!done || stop_.stop_requested()) {
      waiter.input.bytes = {};
      waiter.permit.release();
      observer_.on_result(done ? cancelled(waiter.job, Stage::process)
                               : failed(waiter.job, Stage::process, done.error(), waiter.elapsed));
      continue;
    }
    const Job job = waiter.job;
    try {
      pass_on(twin_of(*done, std::move(waiter)), Stage::process);
    } catch (const std::bad_alloc&) {
      observer_.on_result(
          failed(job, Stage::process,
                 Error(ErrorCode::environment, "there was not enough memory for this image",
                       "use fewer jobs (--jobs), or lower limits")));
    }
  }
}

void Pipeline::write(ProcessedJob processed) {
  const microseconds before = processed.elapsed;
  OptimizationResult result = write_stage(processed, options_.write);
  write_us_ += (processed.elapsed - before).count();
  processed.output.bytes = {};
  processed.input.bytes = {};
  processed.permit.release();
  observer_.on_result(std::move(result));
}

}  // namespace imgmill
