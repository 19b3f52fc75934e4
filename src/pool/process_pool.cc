#include "pool/process_pool.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/try.h"

namespace imgmill {
namespace {

using std::chrono::seconds;

// Sandbox and warm-up take some 50 ms; ten workers on one slow core take longer.
constexpr seconds patience_until_ready{60};
// A worker that dies before it is ready is no image's fault. A single such death may have any
// cause; ten in a row mean that workers cannot run on this machine.
constexpr int most_failed_starts = 10;

Error cannot_work(const Fault& fault) {
  return Error(
      ErrorCode::environment,
      fmt::format("worker processes do not come to work on this machine: the last one {}{}",
                  fault.what, fault.said.empty() ? "" : " (it said: " + fault.said + ")"),
      "run `imgmill doctor`; without worker processes it may go (--isolation thread), "
      "or with fewer layers of the sandbox (--sandbox off)");
}

}  // namespace

Result<std::unique_ptr<ProcessPool>> ProcessPool::create(PoolOptions options) {
  options.size = std::max(1, options.size);
  if (options.worker_program.empty()) {
    IMGMILL_TRY(options.worker_program, find_worker_program());
  }
  std::unique_ptr<ProcessPool> pool(new ProcessPool(std::move(options)));
  const std::lock_guard lock(pool->mutex_);
  pool->metrics_.size = pool->options_.size;
  IMGMILL_CHECK(pool->launch());
  if (pool->options_.workers.warm_up == WarmUp::on) {
    for (int i = 0; i < pool->options_.size; ++i) {
      IMGMILL_TRY(auto worker, pool->start_worker());
      pool->idle_.push_back(std::move(worker));
    }
  }
  return pool;
}

ProcessPool::~ProcessPool() = default;

/// Requires the mutex, as do the functions below.
Result<void> ProcessPool::launch() {
  IMGMILL_TRY(std::unique_ptr<Launcher> launcher,
              Launcher::start(options_.worker_program, options_.workers));
  launcher_ = std::move(launcher);
  return {};
}

Result<std::unique_ptr<WorkerProcess>> ProcessPool::start_worker() {
  if (!launcher_->alive()) IMGMILL_CHECK(launch());
  IMGMILL_TRY(auto worker, WorkerProcess::start(launcher_));
  ++metrics_.spawns;
  all_.push_back(worker.get());
  return worker;
}

void ProcessPool::start_replacement() {
  // If this fails, the next caller that waits for a worker gets the error.
  if (auto worker = start_worker()) idle_.push_back(*std::move(worker));
  changed_.notify_all();
}

void ProcessPool::remove(std::unique_ptr<WorkerProcess> worker) { std::erase(all_, worker.get()); }

Result<void> ProcessPool::warmup() {
  std::vector<Lease> leases;
  for (int i = 0; i < options_.size; ++i) {
    IMGMILL_TRY(Lease lease, acquire());
    leases.push_back(std::move(lease));
  }
  return {};
}

Result<ProcessPool::Lease> ProcessPool::acquire(std::stop_token stop) {
  for (;;) {
    IMGMILL_TRY(std::unique_ptr<WorkerProcess> worker, take(stop));
    if (worker->ready()) return Lease(*this, std::move(worker));
    auto outcome = worker->wait_until_ready(WorkerProcess::Clock::now() + patience_until_ready);
    const std::lock_guard lock(mutex_);
    if (std::holds_alternative<std::monostate>(outcome)) {
      failed_starts_ = 0;
      note_ready(*worker);
      return Lease(*this, std::move(worker));
    }
    remove(std::move(worker));
    changed_.notify_all();
    if (auto* error = std::get_if<Error>(&outcome)) return std::unexpected(std::move(*error));
    const Fault& fault = std::get<Fault>(outcome);
    ++metrics_.restarts;
    ++metrics_.faults["start"];
    if (++failed_starts_ >= most_failed_starts) return std::unexpected(cannot_work(fault));
  }
}

Result<std::unique_ptr<WorkerProcess>> ProcessPool::take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    // Prefer a worker that is ready, then one that has reported, then one that is still starting.
    auto best = std::ranges::find_if(idle_, [](const auto& worker) { return worker->ready(); });
    if (best == idle_.end()) {
      best = std::ranges::find_if(idle_, [](const auto& worker) { return worker->has_spoken(); });
    }
    if (best == idle_.end()) best = idle_.begin();
    if (best != idle_.end()) {
      std::unique_ptr<WorkerProcess> worker = std::move(*best);
      idle_.erase(best);
      if (!worker->gone()) return worker;
      // It died while idle, which affects no image.
      remove(std::move(worker));
      ++metrics_.restarts;
      ++metrics_.faults["idle"];
      start_replacement();
      continue;
    }
    if (all_.size() < static_cast<std::size_t>(options_.size)) return start_worker();
    if (!changed_.wait(lock, stop, [&] {
          return !idle_.empty() || all_.size() < static_cast<std::size_t>(options_.size);
        })) {
      return fail(ErrorCode::cancelled, "stopped before a worker was free");
    }
  }
}

void ProcessPool::note_ready(const WorkerProcess& worker) {
  warm_up_sum_ += worker.warm_up_time();
  ++warm_ups_;
  if (!metrics_.missing_layers.empty()) return;
  for (const LayerReport& layer : worker.sandbox()) {
    if (layer.state == LayerState::on) continue;
    metrics_.missing_layers.push_back(
        layer.reason.empty() ? std::string(name_of(layer.layer))
                             : fmt::format("{} ({})", name_of(layer.layer), layer.reason));
  }
}

void ProcessPool::give_back(std::unique_ptr<WorkerProcess> worker) {
  const std::lock_guard lock(mutex_);
  if (worker->images() > 0) ++metrics_.images;
  if (options_.images_per_worker > 0 && worker->images() >= options_.images_per_worker) {
    remove(std::move(worker));
    ++metrics_.recycled;
    start_replacement();
    return;
  }
  // The most recently used worker has the warmest caches.
  idle_.push_front(std::move(worker));
  changed_.notify_one();
}

void ProcessPool::replace(std::unique_ptr<WorkerProcess> worker, const Fault& fault) {
  const std::lock_guard lock(mutex_);
  remove(std::move(worker));
  ++metrics_.restarts;
  ++metrics_.faults[fault.kind];
  start_replacement();
}

void ProcessPool::discard(std::unique_ptr<WorkerProcess> worker) {
  const std::lock_guard lock(mutex_);
  remove(std::move(worker));
  start_replacement();
}

PoolMetrics ProcessPool::metrics() const {
  const std::lock_guard lock(mutex_);
  PoolMetrics metrics = metrics_;
  metrics.active = static_cast<int>(all_.size() - idle_.size());
  metrics.spawn_time = launcher_->mean_spawn_time();
  if (warm_ups_ > 0) {
    metrics.warm_up_time = warm_up_sum_ / static_cast<std::int64_t>(warm_ups_);
  }
  return metrics;
}

std::vector<pid_t> ProcessPool::processes() const {
  const std::lock_guard lock(mutex_);
  std::vector<pid_t> ids;
  for (const WorkerProcess* worker : all_) {
    if (const pid_t id = worker->process_id(); id > 0) ids.push_back(id);
  }
  return ids;
}

}  // namespace imgmill
