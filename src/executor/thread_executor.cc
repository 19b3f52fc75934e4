#include <optional>

#include "base/try.h"
#include "executor/executor.h"
#include "executor/governor.h"
#include "executor/memory_bound.h"
#include "optimize/admission.h"
#include "platform/cpu.h"

namespace imgmill {
namespace {

Error stopped_early() { return Error(ErrorCode::cancelled, "stopped before it was worked on"); }

class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor(int jobs, const MemoryBound& bound)
      : bound_(bound), governor_(jobs, core_budget().cores, bound.together) {}

  Result<Optimized> process(const Work& work, std::stop_token stop) override {
    // The engine has a single thread-count setting for the whole process.
    std::optional<Governor::Share> share = governor_.acquire(work, Governor::Threads::one, 0, stop);
    if (!share || stop.stop_requested()) return std::unexpected(stopped_early());
    const auto admission = [&](std::uint64_t needed) -> Result<void> {
      IMGMILL_CHECK(bound_.admits(needed));
      if (std::min(needed, bound_.together) <= share->memory.bytes()) return {};
      share.reset();  // release first: while waiting for more, hold nothing that others wait for
      std::optional<Governor::Share> larger =
          governor_.acquire(work, Governor::Threads::one, needed, stop);
      if (!larger) return std::unexpected(stopped_early());
      share.emplace(*std::move(larger));
      return {};
    };
    return optimize_admitted(work.input, work.settings, work.limits, admission);
  }

  int width() const override { return governor_.width(); }
  int callers() const override { return governor_.width() + waiting_room; }

 private:
  const MemoryBound bound_;
  Governor governor_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(int jobs, std::uint64_t memory) {
  return std::make_unique<ThreadExecutor>(jobs, memory_bound(memory));
}

}  // namespace imgmill
