// The one place that decides how many cores an image may use.
#pragma once

#include "executor/core_permits.h"
#include "executor/executor.h"

namespace imgmill {

/// Images in work, each times its threads, never exceed the budget: that of the
/// cores, or `jobs` where a number was asked for. Thread-safe.
///
/// Where the number of images is ours to choose, two small ones share a core: libvips
/// hands strips of one image from thread to thread, and a core spends a fifth of its
/// time waiting for that (1,000 JPEGs of 256 px on 2 cores: 7.0 s with two in
/// work, 6.0 s with four).
class Governor {
 public:
  /// `jobs` as asked for, 0: one large or two small images a core of `cores`.
  Governor(int jobs, int cores);

  /// Images in work at once, at most.
  [[nodiscard]] int width() const { return permits_per_core_ * cores_; }
  /// Threads at once, at most, all images together; two small images count as one.
  [[nodiscard]] int cores() const { return cores_; }

  /// What one image holds as long as it is in work.
  struct Share {
    CorePermits::Hold hold;
    int threads = 1;
  };
  enum class Threads { one, spare };
  /// Waits for its turn. With Threads::spare the last images of a batch, when there
  /// are fewer of them than cores, divide the cores among themselves.
  [[nodiscard]] Share acquire(const Work& work, Threads threads);

 private:
  int cores_;
  int permits_per_core_;
  CorePermits permits_;
};

}  // namespace imgmill
