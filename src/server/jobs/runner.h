// Runs jobs: a few at once, each as a batch.
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "imgmill/batch.h"
#include "server/jobs/jobs.h"

namespace imgmill::server {

/// Time and count totals of all runs so far.
struct RunTotals {
  std::uint64_t images = 0, failed = 0, kept = 0;
  std::uint64_t bytes_before = 0, bytes_after = 0;
  StageTimes busy;
  QueueDepths queues;
};

/// Runs queued jobs one after another, on several threads. Thread-safe; its lock guards only its
/// own counts.
class Runner {
 public:
  /// Starts at once. All references must outlive this object. Throws std::system_error.
  Runner(Jobs& jobs, ImageOptimizer& optimizer, const Roots& roots, BatchOptions batch);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() { stop(); }
  /// Starts no further job, and returns when the running ones, which Jobs::stop() has asked to end,
  /// have ended.
  void stop();
  [[nodiscard]] RunTotals totals() const;

 private:
  class Tasks;
  class Watcher;
  void run(const JobPtr& job);
  void count(const BatchSummary& summary);

  Jobs& jobs_;
  ImageOptimizer& optimizer_;
  const Roots& roots_;
  const BatchOptions batch_;
  mutable std::mutex mutex_;
  RunTotals totals_;
  std::vector<std::jthread> threads_;  ///< last member: the threads use all of the above
};

}  // namespace imgmill::server
