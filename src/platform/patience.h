// How long a process may take for an image, by what it does and not by the clock on the wall.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

namespace imgmill {

/// Watches a process while it has an image. Its time is over when it has used its CPU time up, or
/// when it does nothing: when less than a hundredth of a core has been its for as long as it may
/// compute. A busy machine makes an image late, not over; so does Ctrl-Z, since time in which this
/// process itself did not run does not count. For one thread.
class Patience {
 public:
  /// Begins now. `process` tells which, 0 as long as that is not known; `threads`: how many it may
  /// use, each as long as `allowance`.
  Patience(std::function<pid_t()> process, std::chrono::seconds allowance, int threads);

  /// How long to wait at most until over() has to be asked again.
  [[nodiscard]] static std::chrono::milliseconds next_look();

  /// How its time came to be over, such as "did not finish within 60 s of CPU time"; empty: it is
  /// not.
  [[nodiscard]] std::string over();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] std::chrono::nanoseconds used() const;

  std::function<pid_t()> process_;
  std::chrono::seconds allowance_;
  int threads_;
  std::chrono::nanoseconds before_;    ///< CPU time of the process when it was given the image
  std::chrono::nanoseconds at_mark_;   ///< the same when it was last seen to get on
  std::chrono::nanoseconds awake_{0};  ///< since then, while this process ran
  Clock::time_point looked_;
};

}  // namespace imgmill
