// Where the process stage runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stop_token>

#include "imgmill/optimize.h"

namespace imgmill {

/// One image to work on. Refers to what is the caller's.
struct Work {
  static constexpr std::size_t many = std::numeric_limits<std::size_t>::max();

  ByteView input;
  const ImageSettings& settings;
  const Limits& limits;
  /// Images that are not done yet, this one among them, once their number is known.
  /// The last ones may use the cores that nobody else needs any more.
  std::size_t images_left = many;
  /// When it is requested nobody wants the result any more, and the work is ended where it is,
  /// where that can be done. (That of process() only keeps it from beginning.)
  std::stop_token unwanted = {};
};

/// Beyond those at work, the images that may wait for memory while others pass them.
inline constexpr int waiting_room = 8;

/// Turns bytes into smaller bytes, somewhere: in this thread, in a worker
/// process, on another machine. The pipeline calls `process` from `callers()`
/// threads at once and never from more.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Blocks until the image is done. Thread-safe up to `callers()` of them.
  /// A requested stop may keep it from beginning: ErrorCode::cancelled. When the decision
  /// is `kept`, the output may come without bytes: the input's are meant.
  [[nodiscard]] virtual Result<Optimized> process(const Work& work, std::stop_token stop) = 0;

  /// How many images may be in work at once; at least 1.
  [[nodiscard]] virtual int width() const = 0;

  /// How many threads may call `process` at once: more than are at work, so that large images wait
  /// for memory without holding up small ones.
  [[nodiscard]] virtual int callers() const { return width(); }

  /// Room for the bytes of an input that `process` can hand on without copying.
  /// Any other memory will do as well, only slower. Thread-safe.
  /// Errors: environment. Throws std::bad_alloc.
  [[nodiscard]] virtual Result<Buffer> input_buffer(std::size_t size) {
    return Buffer::uninitialised(size);
  }
};

/// Runs each image in the calling thread. `jobs` is the width; 0: one large image
/// or two small ones for each core that may be used (affinity mask, cgroup quota).
/// `memory`: OptimizerOptions::memory.
[[nodiscard]] std::unique_ptr<Executor> make_thread_executor(int jobs = 0,
                                                             std::uint64_t memory = 0);

}  // namespace imgmill
