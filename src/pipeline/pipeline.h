// read -> process -> write, overlapped.
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
  std::size_t queue_capacity = 50;                       ///< entries of each queue
  std::uint64_t byte_budget = std::uint64_t{512} << 20;  ///< bytes held by queues and stages
  /// Images in the process stage at once, if fewer than executor.callers(); 0: that.
  int workers = 0;
  /// Threads that read ahead. They mostly wait: on a disk or share that takes 20 ms
  /// to open a file, two of them give a core no more than 100 files a second.
  int readers = 8;
  int writers = 2;  ///< threads that write and sync
  OnStop on_stop = OnStop::finish_images;
  Limits limits;
  WritePolicy write;
};

/// Hears what happens; called from all threads of the pipeline, at once.
/// Must not throw.
class PipelineObserver {
 public:
  virtual ~PipelineObserver() = default;
  virtual void on_started(const ImageTask& task) = 0;
  virtual void on_result(OptimizationResult result) = 0;
};

struct PipelineTimes {
  std::chrono::microseconds read{0}, process{0}, write{0};
};

/// Threads and queues of one batch. Each submitted job gets exactly one result.
///
///   submit -> [jobs] -> readers -> [loaded] -> executor.callers() threads
///          -> [processed] -> writers -> on_result
///
/// What is known from earlier runs goes from the readers straight to the writers,
/// or has its result at once. Where there is a memory, which knows contents, jobs whose work is
/// being done for another one wait for that.
///
/// A requested stop turns what is not in the process stage yet into cancelled
/// results; what is being processed (OnStop says otherwise) or written is finished. With
/// Pipelining::off there are executor.callers() threads, each doing all three steps in turn.
class Pipeline {
 public:
  /// All references outlive the pipeline. Throws std::system_error when no
  /// threads can be made.
  Pipeline(Executor& executor, PipelineObserver& observer, PipelineOptions options,
           std::stop_token stop);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() { finish(); }

  /// Waits while the first queue is full. From one thread at a time.
  void submit(Job job);
  /// Waits until all results are given and all threads are gone.
  void finish();

  /// Time spent in each stage, summed over threads, without waiting.
  [[nodiscard]] PipelineTimes busy() const;
  /// The most entries that were in each queue.
  [[nodiscard]] QueueDepths depths() const {
    return {jobs_.most(), loaded_.most(), processed_.most()};
  }
  /// Bytes that are held right now.
  [[nodiscard]] std::uint64_t bytes_held() const { return budget_.held(); }
  /// Jobs that are not processed yet, once finish() was called; before: Work::many.
  [[nodiscard]] std::size_t images_left() const;

 private:
  void read_all();
  void process_all();
  void write_all();
  void do_all_in_turn();
  [[nodiscard]] int workers() const;

  /// Nothing when the job has its result, or is on its way to the writers.
  std::optional<LoadedJob> read(Job job);
  bool recalled(LoadedJob& loaded);
  std::optional<ProcessedJob> process(LoadedJob loaded);
  /// Gives the jobs that have waited for the same work what has come of it.
  void share(const Result<ProcessedJob>& done, std::vector<LoadedJob> waiters);
  /// On to the writers, or written at once.
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
