#include "executor/executor.h"
#include "executor/governor.h"
#include "platform/cpu.h"

namespace imgmill {
namespace {

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(int jobs) : governor_(jobs, core_budget().cores) {}

  Result<Optimized> process(const Work& work, std::stop_token stop) override {
    // The number of threads of the engine is one for the whole process.
    const auto share = governor_.acquire(work, Governor::Threads::one);
    if (stop.stop_requested()) {
      return std::unexpected(Error(ErrorCode::cancelled, "stopped before it was worked on"));
    }
    return optimize(work.input, work.settings, work.limits);
  }

  int width() const override { return governor_.width(); }

 private:
  Governor governor_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(int jobs) {
  return std::make_unique<ThreadExecutor>(jobs);
}

}  // namespace imgmill
