// A pool of pre-started worker processes.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "imgmill/isolation.h"
#include "pool/worker_process.h"

namespace imgmill {

struct PoolOptions {
  int size = 1;  ///< maximum number of workers at once
  PoolSettings workers;
  std::uint32_t images_per_worker = 5000;  ///< after which it is replaced; 0: never
  std::filesystem::path worker_program;    ///< empty: find_worker_program()
};

/// A pool of at most `size` workers that lives as long as a batch or a server. Thread-safe.
class ProcessPool {
 public:
  /// Starts the fork server. With WarmUp::on, also requests all workers at once, without waiting
  /// for them. Errors: environment.
  [[nodiscard]] static Result<std::unique_ptr<ProcessPool>> create(PoolOptions options);
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;
  ~ProcessPool();

  /// Waits until every worker is sandboxed and has decoded and encoded once in every format.
  /// Errors: those of acquire().
  [[nodiscard]] Result<void> warmup();

  /// Exclusive use of a worker; returns it on destruction.
  class [[nodiscard]] Lease {
   public:
    Lease(ProcessPool& pool, std::unique_ptr<WorkerProcess> worker)
        : pool_(&pool), worker_(std::move(worker)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (worker_) pool_->give_back(std::move(worker_));
    }
    WorkerProcess* operator->() const { return worker_.get(); }
    /// Reports that the worker has failed: it is killed, and another one takes its place.
    void replace(const Fault& fault) { pool_->replace(std::exchange(worker_, nullptr), fault); }
    /// It was ended on purpose, and another one takes its place.
    void discard() { pool_->discard(std::exchange(worker_, nullptr)); }

   private:
    ProcessPool* pool_;
    std::unique_ptr<WorkerProcess> worker_;
  };

  /// Waits for a worker that is ready. Errors: environment (workers cannot be started, or do not
  /// become ready), cancelled.
  [[nodiscard]] Result<Lease> acquire(std::stop_token stop = {});

  [[nodiscard]] int max_size() const { return options_.size; }
  [[nodiscard]] PoolMetrics metrics() const;
  /// Process ids of the current workers, for tests and diagnostics.
  [[nodiscard]] std::vector<pid_t> processes() const;

 private:
  explicit ProcessPool(PoolOptions options) : options_(std::move(options)) {}
  Result<void> launch();
  [[nodiscard]] Result<std::unique_ptr<WorkerProcess>> start_worker();
  void start_replacement();
  [[nodiscard]] Result<std::unique_ptr<WorkerProcess>> take(std::stop_token stop);
  void give_back(std::unique_ptr<WorkerProcess> worker);
  void replace(std::unique_ptr<WorkerProcess> worker, const Fault& fault);
  void discard(std::unique_ptr<WorkerProcess> worker);
  void note_ready(const WorkerProcess& worker);
  void remove(std::unique_ptr<WorkerProcess> worker);

  const PoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::shared_ptr<Launcher> launcher_;
  std::deque<std::unique_ptr<WorkerProcess>> idle_;  // ready ones first
  std::vector<const WorkerProcess*> all_;
  int failed_starts_ = 0;  // consecutive
  PoolMetrics metrics_;
  std::chrono::microseconds warm_up_sum_{0};
  std::uint64_t warm_ups_ = 0;
};

}  // namespace imgmill
