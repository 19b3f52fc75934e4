// The interface for where images are processed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stop_token>

#include "imgmill/optimize.h"

namespace imgmill {

/// One image to process. Refers to data owned by the caller.
struct Work {
  static constexpr std::size_t many = std::numeric_limits<std::size_t>::max();

  ByteView input;
  const ImageSettings& settings;
  const Limits& limits;
  /// Images not finished yet, including this one, once their number is known. The last ones may use
  /// cores that nothing else needs any more.
  std::size_t images_left = many;
  /// When it is requested nobody wants the result any more, and the work is ended where it is,
  /// where that can be done. (That of process() only keeps it from beginning.)
  std::stop_token unwanted = {};
};

/// Images that may wait for memory, in addition to those in work, while others pass them.
inline constexpr int waiting_room = 8;

/// Optimizes images: in the calling thread, in a worker process, or on another machine. The
/// pipeline calls `process` from at most `callers()` threads at once.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Blocks until the image is done. Thread-safe for up to `callers()` threads. A requested stop
  /// may end it early with ErrorCode::cancelled. If the decision is `kept`, the output may have no
  /// bytes: those of the input are meant.
  [[nodiscard]] virtual Result<Optimized> process(const Work& work, std::stop_token stop) = 0;

  /// The maximum number of images in work at once; at least 1.
  [[nodiscard]] virtual int width() const = 0;

  /// The maximum number of threads that call `process` at once. It exceeds the number of images in
  /// work, so that large images can wait for memory without holding up small ones.
  [[nodiscard]] virtual int callers() const { return width(); }

  /// A buffer for an input that `process` can pass on without copying. Any other memory works too,
  /// but more slowly. Thread-safe. Errors: environment. Throws std::bad_alloc.
  [[nodiscard]] virtual Result<Buffer> input_buffer(std::size_t size) {
    return Buffer::uninitialised(size);
  }
};

/// Processes each image in the calling thread. `jobs` is the width; 0: one large image or two small
/// ones per usable core (affinity mask, cgroup quota). `memory`: see OptimizerOptions::memory.
[[nodiscard]] std::unique_ptr<Executor> make_thread_executor(int jobs = 0,
                                                             std::uint64_t memory = 0);

}  // namespace imgmill
