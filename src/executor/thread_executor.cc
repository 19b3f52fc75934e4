#include <algorithm>

#include "executor/executor.h"
#include "platform/cpu.h"

namespace imgmill {
namespace {

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(int jobs) : width_(jobs > 0 ? jobs : core_budget().cores) {}

  Result<Optimized> process(ByteView input, const ImageSettings& settings, const Limits& limits,
                            std::stop_token stop) override {
    if (stop.stop_requested()) {
      return std::unexpected(Error(ErrorCode::cancelled, "stopped before it was worked on"));
    }
    return optimize(input, settings, limits);
  }

  int width() const override { return width_; }

 private:
  int width_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(int jobs) {
  return std::make_unique<ThreadExecutor>(std::min(jobs, 1024));
}

}  // namespace imgmill
