// The three stages of a batch, read -> process -> write, overlapped.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "executor/executor.h"
#include "pipeline/bounded_queue.h"
#include "pipeline/job.h"
#include "pipeline/same_work.h"
#include "pipeline/stages.h"

namespace imgmill {

struct PipelineOptions {
  Pipelining mode = Pipelining::on;
  std::size_t queue_capacity = 50;                       ///< entries per queue
  std::uint64_t byte_budget = std::uint64_t{512} << 20;  ///< bytes held by queues and stages
  /// Images in the process stage at once, if fewer than executor.callers(); 0: no such limit.
  int workers = 0;
  /// Threads that read ahead. They mostly wait: on a disk or share that takes 20 ms to open a file,
  /// two threads deliver no more than 100 files a second.
  int readers = 8;
  int writers = 2;  ///< threads that write and sync
  OnStop on_stop = OnStop::finish_images;
  Limits limits;
  WritePolicy write;
};

/// Receives events. Called concurrently from all threads of the pipeline. Must not throw.
class PipelineObserver {
 public:
  virtual ~PipelineObserver() = default;
  virtual void on_started(const ImageTask& task) = 0;
  virtual void on_result(OptimizationResult result) = 0;
};

struct PipelineTimes {
  std::chrono::microseconds read{0}, process{0}, write{0};
};

/// The threads and queues of one batch. Each submitted job gets exactly one result.
///
///   submit -> [jobs] -> readers -> [loaded] -> executor.callers() threads
///          -> [processed] -> writers -> on_result
///
/// Outputs known from earlier runs go from the readers straight to the writers; jobs already done
/// get their result at once. If there is a cache or journal, and hence content hashes, jobs wait
/// for another job that is already doing the same work.
///
/// A requested stop cancels jobs that are not in the process stage yet; those being processed or
/// written are finished. With Pipelining::off there are executor.callers() threads, each performing
/// all three steps in turn.
class Pipeline {
 public:
  /// All references must outlive the pipeline. Throws std::system_error if threads cannot be
  /// created.
  Pipeline(Executor& executor, PipelineObserver& observer, PipelineOptions options,
           std::stop_token stop);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() { finish(); }

  /// Blocks while the first queue is full. Call from one thread at a time.
  void submit(Job job);
  /// Blocks until all results are delivered and all threads have ended.
  void finish();

  /// Time spent working in each stage, summed over threads, without waiting.
  [[nodiscard]] PipelineTimes busy() const;
  /// The maximum number of entries in each queue.
  [[nodiscard]] QueueDepths depths() const {
    return {jobs_.most(), loaded_.most(), processed_.most()};
  }
  /// Bytes currently held.
  [[nodiscard]] std::uint64_t bytes_held() const { return budget_.held(); }
  /// Jobs not processed yet, once finish() has been called; before that: Work::many.
  [[nodiscard]] std::size_t images_left() const;

 private:
  void read_all();
  void process_all();
  void write_all();
  void do_all_in_turn();
  [[nodiscard]] int workers() const;

  /// Nothing if the job already has its result or is on its way to the writers.
  std::optional<LoadedJob> read(Job job);
  bool recalled(LoadedJob& loaded);
  std::optional<ProcessedJob> process(LoadedJob loaded);
  /// Gives the result to the jobs that waited for the same work.
  void share(const Result<ProcessedJob>& done, std::vector<LoadedJob> waiters);
  /// Pushes to the writers, or writes at once.
  void pass_on(ProcessedJob processed, Stage stage);
  void write(ProcessedJob processed);

  Executor& executor_;
  PipelineObserver& observer_;
  const PipelineOptions options_;
  const std::stop_token stop_;
  ByteBudget budget_;
  BoundedQueue<Job> jobs_;
  BoundedQueue<LoadedJob> loaded_;
  BoundedQueue<ProcessedJob> processed_;
  SameWork same_work_;
  std::atomic<std::size_t> unprocessed_{0};
  std::atomic<bool> complete_{false};
  std::atomic<std::int64_t> read_us_{0};
  std::atomic<std::int64_t> process_us_{0};
  std::atomic<std::int64_t> write_us_{0};
  std::vector<std::jthread> readers_;
  std::vector<std::jthread> processors_;
  std::vector<std::jthread> writers_;
};

}  // namespace imgmill
