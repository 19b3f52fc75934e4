// The one place that decides how many cores and how much memory an image may use.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "executor/core_permits.h"
#include "executor/executor.h"
#include "executor/memory_permits.h"

namespace imgmill {

/// The threads of all images in work together never exceed the core budget: the number of cores, or
/// `jobs` if given. Their estimated memory never exceeds the memory budget
/// (docs/adr/0028-memory.md). Thread-safe.
///
/// If the number of images is not prescribed, two small ones share a core: libvips hands strips of
/// one image from thread to thread, and a core spends a fifth of its time waiting for that (1,000
/// JPEGs of 256 px on 2 cores: 7.0 s with two in work, 6.0 s with four).
class Governor {
 public:
  static constexpr std::uint64_t no_bound = std::uint64_t{1} << 50;

  /// `jobs`: the requested number; 0: one large or two small images per core of `cores`. `memory`:
  /// bytes for all images and their workers together; if it is small, fewer images are in work at
  /// once.
  Governor(int jobs, int cores, std::uint64_t memory = no_bound);

  /// The maximum number of images in work at once.
  [[nodiscard]] int width() const { return width_; }
  /// The maximum number of threads at once, over all images; two small images count as one.
  [[nodiscard]] int cores() const { return cores_; }
  [[nodiscard]] const MemoryPermits& memory() const { return memory_; }

  /// The resources that an image holds while it is in work.
  struct Share {
    MemoryPermits::Hold memory;
    CorePermits::Hold cores;
    int threads = 1;
  };
  enum class Threads { one, spare };
  /// Waits in turn for `memory` bytes, at least a share and at most the budget, then for cores.
  /// With Threads::spare, the cores are divided among the last images of a batch when there are
  /// fewer of them than cores, and among images so large that fewer run at once. Returns nothing if
  /// a stop is requested before memory is available.
  [[nodiscard]] std::optional<Share> acquire(const Work& work, Threads threads,
                                             std::uint64_t memory = 0, std::stop_token stop = {});

 private:
  int cores_;
  int permits_per_core_;
  int width_;
  CorePermits permits_;
  MemoryPermits memory_;
};

}  // namespace imgmill
