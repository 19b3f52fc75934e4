// The one place that decides how many cores and how much memory an image may use.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "executor/core_permits.h"
#include "executor/executor.h"
#include "executor/memory_permits.h"

namespace imgmill {

/// Images in work, each times its threads, never exceed the budget: that of the
/// cores, or `jobs` where a number was asked for. What they take of memory never exceeds the
/// other budget, as it is estimated (docs/adr/0028-memory.md). Thread-safe.
///
/// Where the number of images is ours to choose, two small ones share a core: libvips
/// hands strips of one image from thread to thread, and a core spends a fifth of its
/// time waiting for that (1,000 JPEGs of 256 px on 2 cores: 7.0 s with two in
/// work, 6.0 s with four).
class Governor {
 public:
  static constexpr std::uint64_t no_bound = std::uint64_t{1} << 50;

  /// `jobs` as asked for, 0: one large or two small images a core of `cores`. `memory`: bytes for
  /// all of them and their workers together; where it is little, fewer are in work.
  Governor(int jobs, int cores, std::uint64_t memory = no_bound);

  /// Images in work at once, at most.
  [[nodiscard]] int width() const { return width_; }
  /// Threads at once, at most, all images together; two small images count as one.
  [[nodiscard]] int cores() const { return cores_; }
  [[nodiscard]] const MemoryPermits& memory() const { return memory_; }

  /// What one image holds as long as it is in work.
  struct Share {
    MemoryPermits::Hold memory;
    CorePermits::Hold cores;
    int threads = 1;
  };
  enum class Threads { one, spare };
  /// Waits for its turn: for `memory` bytes, or a share of them where that is less, then for cores.
  /// With Threads::spare the last images of a batch, when there are fewer of them than cores, and
  /// images so large that fewer go at once, divide the cores among themselves. Nothing when a stop
  /// is requested before there is memory.
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
