// Threads that make sets side by side.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "sets/set_maker.h"

namespace imgmill {

/// Variants of sets that are open come before new sources, so that no more sets are open than there
/// are threads.
class SetTeam {
 public:
  struct Listener {
    std::function<void(const ImageTask&)> on_started;
    std::function<void(SetOutcome)> on_done;
  };
  /// Both are called from several threads.
  SetTeam(SetMaker& maker, Listener listener, std::stop_token stop)
      : maker_(maker), listener_(std::move(listener)), stop_(std::move(stop)) {}

  /// Makes all sets with `threads` threads, one of them the caller. On a stop, the remaining ones
  /// end as cancelled.
  void run(std::vector<SetTask> tasks, int threads);

 private:
  struct Job {
    std::shared_ptr<OpenSet> set;
    std::size_t slot = 0;
  };

  void work();
  void open(SetTask task);

  SetMaker& maker_;
  const Listener listener_;
  const std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<SetTask> tasks_;
  std::size_t next_ = 0;
  std::deque<Job> jobs_;
  std::size_t opening_ = 0;  ///< sources whose variants are not known yet
};

}  // namespace imgmill
