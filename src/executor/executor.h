// Where the process stage runs.
#pragma once

#include <memory>
#include <stop_token>

#include "imgmill/optimize.h"

namespace imgmill {

/// Turns bytes into smaller bytes, somewhere: in this thread, in a worker
/// process, on another machine. The pipeline calls `process` from `width()`
/// threads at once and never from more.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Blocks until the image is done. Thread-safe up to `width()` callers.
  /// A requested stop may end it early with ErrorCode::cancelled.
  [[nodiscard]] virtual Result<Optimized> process(ByteView input, const ImageSettings& settings,
                                                  const Limits& limits, std::stop_token stop) = 0;

  /// How many images may be in work at once; at least 1.
  [[nodiscard]] virtual int width() const = 0;
};

/// Runs each image in the calling thread. `jobs` is the width; 0: one large image
/// or two small ones for each core that may be used (affinity mask, cgroup quota).
[[nodiscard]] std::unique_ptr<Executor> make_thread_executor(int jobs = 0);

}  // namespace imgmill
