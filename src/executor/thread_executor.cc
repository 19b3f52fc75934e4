#include <algorithm>

#include "executor/core_permits.h"
#include "executor/executor.h"
#include "platform/cpu.h"

namespace imgmill {
namespace {

// libvips hands strips of one image from thread to thread, and with small images a core
// spends a fifth of its time waiting for that (1,000 JPEGs of 256 px on 2 cores:
// 7.0 s with two in work, 6.0 s with four). So where the number of images is
// ours to choose, two small ones share a core.
constexpr int permits_per_core = 2;
constexpr std::size_t small_image = 1024 * 1024;  // bytes of the file

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(int jobs)
      : width_(jobs > 0 ? jobs : permits_per_core * core_budget().cores),
        cost_of_large_(jobs > 0 ? 1 : permits_per_core),
        permits_(width_) {}

  Result<Optimized> process(const Work& work, std::stop_token stop) override {
    const auto hold = permits_.acquire(work.input.size() < small_image ? 1 : cost_of_large_);
    if (stop.stop_requested()) {
      return std::unexpected(Error(ErrorCode::cancelled, "stopped before it was worked on"));
    }
    return optimize(work.input, work.settings, work.limits);
  }

  int width() const override { return width_; }

 private:
  int width_;
  int cost_of_large_;
  CorePermits permits_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(int jobs) {
  return std::make_unique<ThreadExecutor>(std::min(jobs, 1024));
}

}  // namespace imgmill
