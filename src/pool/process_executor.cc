#include "pool/process_executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "base/text.h"
#include "base/try.h"
#include "executor/governor.h"
#include "executor/memory_bound.h"
#include "platform/cpu.h"
#include "platform/memory.h"

namespace imgmill {
namespace {

// Twice what one image may use, since estimates are estimates, and what the program, its stacks and
// reserved heaps take without using it. No more than the largest picture within the limits needs in
// the most memory-hungry encoder: a runaway allocation fails before the machine runs out of memory.
std::uint64_t address_space_within(const MemoryBound& bound) {
  constexpr std::uint64_t unused = std::uint64_t{2} << 30;
  constexpr std::uint64_t most = std::uint64_t{16} << 30;
  return std::min(std::min(bound.alone, most) * 2 + unused, most);
}

// If workers are killed at random, those of one image may be hit repeatedly.
constexpr int most_blameless_tries = 50;

Error quarantined(const Fault& fault, bool second_time) {
  if (fault.blameless) {
    return Error(ErrorCode::environment,
                 fmt::format("the worker process that had this image {}, {} times in a row",
                             fault.what, most_blameless_tries),
                 "something on this machine ends imgmill's workers: find out what, and run again");
  }
  std::string what = fmt::format("the worker process that had this image {}{}", fault.what,
                                 second_time ? ", in two attempts" : "");
  if (!fault.said.empty()) what += fmt::format("; its last words: {}", fault.said);
  return Error(
      ErrorCode::fault, std::move(what),
      fault.kind == "timeout" || fault.kind == "cpu"
          ? "give it more time with --timeout, or leave this image out"
          : "the file may be damaged or hostile: handle it with care, and please report it");
}

Error out_of_memory(std::uint64_t granted) {
  return Error(
      ErrorCode::limit,
      fmt::format("the system ran out of memory and ended the worker process that had this image, "
                  "although nothing else was in work ({} were allowed)",
                  human_size(granted)),
      "the file is not to blame: give the machine or the container more memory, allow imgmill less "
      "of it with --memory, or make the picture smaller with --resize");
}

/// Input buffers in shared memory that can be passed to workers. Thread-safe.
class SharedInputs : public std::enable_shared_from_this<SharedInputs> {
 public:
  Result<Buffer> make(std::size_t size) {
    IMGMILL_TRY(SharedMemory memory, SharedMemory::create(size));
    IMGMILL_TRY(Buffer mapped, memory.map_for_writing());
    std::byte* const data = mapped.data();
    {
      const std::lock_guard lock(mutex_);
      entries_[data] = {std::make_shared<SharedMemory>(std::move(memory))};
    }
    // Remove the entry before the mapping: the address may be reused at once, and the entry must
    // then be the new one.
    auto owner = std::make_shared<Buffer>(std::move(mapped));
    return Buffer::adopt(data, size, [self = shared_from_this(), owner](std::byte* block) mutable {
      {
        const std::lock_guard lock(self->mutex_);
        self->entries_.erase(block);
      }
      owner.reset();
    });
  }

  /// The sealed memory that holds `bytes`; a copy if they are elsewhere.
  Result<std::shared_ptr<SharedMemory>> holding(ByteView bytes) {
    if (std::shared_ptr<SharedMemory> memory = sealed(bytes)) return memory;
    IMGMILL_TRY(SharedMemory memory, SharedMemory::create(bytes.size()));
    {
      IMGMILL_TRY(Buffer room, memory.map_for_writing());
      std::memcpy(room.data(), bytes.data(), bytes.size());
    }
    IMGMILL_CHECK(memory.freeze());
    return std::make_shared<SharedMemory>(std::move(memory));
  }

 private:
  struct Entry {
    std::shared_ptr<SharedMemory> memory;
    bool sealed = false;
  };

  std::shared_ptr<SharedMemory> sealed(ByteView bytes) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(bytes.data());
    if (found == entries_.end() || found->second.memory->size() != bytes.size()) return nullptr;
    Entry& entry = found->second;
    if (!entry.sealed) entry.sealed = entry.memory->forbid_new_writers().has_value();
    return entry.sealed ? entry.memory : nullptr;  // before Linux 5.1: copy
  }

  std::mutex mutex_;
  std::unordered_map<const std::byte*, Entry> entries_;
};

class PoolExecutor final : public ProcessExecutor {
 public:
  PoolExecutor(const OptimizerOptions& options, std::unique_ptr<ProcessPool> pool,
               std::unique_ptr<Governor> governor, const MemoryBound& bound)
      : timeout_(std::max(options.timeout, std::chrono::seconds(1))),
        bound_(bound),
        governor_(std::move(governor)),
        pool_(std::move(pool)) {}

  Result<Optimized> process(const Work& work, std::stop_token stop) override {
    // An empty input needs no isolation, and shared memory cannot have size 0.
    if (work.input.empty()) return optimize(work.input, work.settings, work.limits);
    IMGMILL_TRY(const std::shared_ptr<SharedMemory> input, inputs_->holding(work.input));
    return with_worker<Optimized>(work, Governor::Threads::spare, stop,
                                  [&](WorkerProcess& worker, const Grant& grant) {
                                    return worker.process(work, *input, grant, timeout_);
                                  });
  }

  Result<Comparison> compare(ByteView original, ByteView other, const CompareOptions& options,
                             const Limits& limits) override {
    if (original.empty() || other.empty()) {
      return fail(ErrorCode::bad_input, "one of the two images is empty", "give an image file");
    }
    IMGMILL_TRY(SharedMemory both, SharedMemory::create(original.size() + other.size()));
    {
      IMGMILL_TRY(Buffer room, both.map_for_writing());
      std::memcpy(room.data(), original.data(), original.size());
      std::memcpy(room.data() + original.size(), other.data(), other.size());
    }
    IMGMILL_CHECK(both.freeze());
    const ImageSettings none;
    return with_worker<Comparison>({original, none, limits}, Governor::Threads::one, {},
                                   [&](WorkerProcess& worker, const Grant& grant) {
                                     return worker.compare({.original_bytes = original.size(),
                                                            .options = options,
                                                            .limits = limits,
                                                            .threads = grant.threads,
                                                            .memory = grant.memory},
                                                           both, timeout_);
                                   });
  }

  Result<Placeholder> placeholder(ByteView input, const Limits& limits) override {
    if (input.empty()) return fail(ErrorCode::bad_input, "the file is empty");
    IMGMILL_TRY(const std::shared_ptr<SharedMemory> memory, inputs_->holding(input));
    const ImageSettings none;
    return with_worker<Placeholder>(
        {input, none, limits}, Governor::Threads::one, {},
        [&](WorkerProcess& worker, const Grant& grant) {
          return worker.sketch({.limits = limits, .threads = grant.threads, .memory = grant.memory},
                               *memory, timeout_);
        });
  }

  int width() const override { return governor_->width(); }
  int callers() const override { return governor_->width() + waiting_room; }

  Result<Buffer> input_buffer(std::size_t size) override {
    if (size == 0) return Buffer();
    return inputs_->make(size);
  }

  ProcessPool& pool() override { return *pool_; }

 private:
  /// Runs `attempt` with a worker: again with more memory if the worker asks for it, and with
  /// another worker if the first one fails and a retry can help.
  template <typename Value, typename Attempt>
  Result<Value> with_worker(const Work& work, Governor::Threads threads, std::stop_token stop,
                            Attempt attempt) {
    bool blamed = false;
    std::uint64_t needed = 0;
    for (int tries = 1;; ++tries) {
      const std::uint64_t killed_before = killed_for_memory_;
      const std::optional<Governor::Share> share = governor_->acquire(work, threads, needed, stop);
      if (!share || stop.stop_requested()) {
        return fail(ErrorCode::cancelled, "stopped before it was worked on");
      }
      // An image that runs alone with the whole budget may exceed it, by as much as it asked for.
      const bool alone = share->memory.bytes() == governor_->memory().budget();
      const std::uint64_t granted = std::max(share->memory.bytes(), needed);
      IMGMILL_TRY(ProcessPool::Lease worker, pool_->acquire(stop));
      auto outcome = [&] {
        const std::stop_callback unwanted(work.unwanted, [&worker] { worker->kill(); });
        return attempt(*worker.operator->(), Grant{share->threads, granted});
      }();
      if (work.unwanted.stop_requested()) {
        // It may have answered and died then, which is no fault either.
        worker.discard();
        if (auto* done = std::get_if<Value>(&outcome)) return std::move(*done);
        return fail(ErrorCode::cancelled, "stopped while it was worked on");
      }
      if (auto* done = std::get_if<Value>(&outcome)) return std::move(*done);
      if (auto* error = std::get_if<Error>(&outcome)) return std::unexpected(std::move(*error));
      if (const auto* need = std::get_if<MemoryNeed>(&outcome)) {
        IMGMILL_CHECK(bound_.admits(need->bytes));
        needed = need->bytes;
        continue;
      }
      const Fault fault = std::get<Fault>(std::move(outcome));
      worker.replace(fault);
      if (fault.killed && memory_ran_out(killed_before)) {
        // Not the image's fault: retry it alone.
        if (alone) return std::unexpected(out_of_memory(granted));
        needed = governor_->memory().budget();
        continue;
      }
      if (fault.blameless && tries < most_blameless_tries) continue;
      if (blamed || !fault.worth_another_try || fault.blameless) {
        return std::unexpected(quarantined(fault, blamed));
      }
      blamed = true;
    }
  }

  /// True if the kernel has killed a process for lack of memory since the count was `before`.
  bool memory_ran_out(std::uint64_t before) {
    const std::uint64_t now = killed_for_memory();
    std::uint64_t known = killed_for_memory_;
    while (known < now && !killed_for_memory_.compare_exchange_weak(known, now)) {
    }
    return now > before;
  }

  const std::chrono::seconds timeout_;
  const MemoryBound bound_;
  std::atomic<std::uint64_t> killed_for_memory_ = killed_for_memory();
  // Shared, because buffers may outlive the executor.
  std::shared_ptr<SharedInputs> inputs_ = std::make_shared<SharedInputs>();
  std::unique_ptr<Governor> governor_;
  std::unique_ptr<ProcessPool> pool_;
};

}  // namespace

Result<std::unique_ptr<ProcessExecutor>> ProcessExecutor::create(const OptimizerOptions& options) {
  const MemoryBound bound = memory_bound(options.memory);
  auto governor = std::make_unique<Governor>(options.jobs, core_budget().cores, bound.together);
  PoolOptions pool_options;
  pool_options.size = governor->width();
  pool_options.images_per_worker = options.images_per_worker;
  pool_options.worker_program = options.worker_program;
  pool_options.workers = {.sandbox = options.sandbox,
                          .warm_up = options.warm_up,
                          .address_space = address_space_within(bound),
                          .threads = governor->cores(),
                          .niceness = std::clamp(options.niceness, 0, 19)};
  IMGMILL_TRY(auto pool, ProcessPool::create(std::move(pool_options)));
  return std::make_unique<PoolExecutor>(options, std::move(pool), std::move(governor), bound);
}

}  // namespace imgmill
