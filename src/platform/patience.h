// Time limits for a process working on an image, based on CPU time and progress rather than
// wall-clock time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

namespace imgmill {

/// Watches a process while it works on an image. Its time is over when it has used up its CPU time,
/// or when it makes no progress: when it has received less than a hundredth of a core for as long
/// as its CPU allowance. A busy machine delays an image but does not time it out; neither does
/// Ctrl-Z, since time in which this process itself did not run does not count. Not thread-safe.
class Patience {
 public:
  /// Starts timing. `process` returns the process id, 0 as long as it is unknown. `threads`: how
  /// many it may use, each for `allowance`.
  Patience(std::function<pid_t()> process, std::chrono::seconds allowance, int threads);

  /// The longest time to wait before calling over() again.
  [[nodiscard]] static std::chrono::milliseconds next_look();

  /// Returns why the time is over, such as "did not finish within 60 s of CPU time"; empty if it is
  /// not.
  [[nodiscard]] std::string over();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::chrono::nanoseconds used() const;

  std::function<pid_t()> process_;
  std::chrono::seconds allowance_;
  int threads_;
  std::chrono::nanoseconds before_;    ///< CPU time of the process when it was given the image
  std::chrono::nanoseconds at_mark_;   ///< CPU time when it was last seen to make progress
  std::chrono::nanoseconds awake_{0};  ///< time since then during which this process ran
  Clock::time_point looked_;
};

}  // namespace imgmill
