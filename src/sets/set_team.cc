#include "sets/set_team.h"

#include <algorithm>
#include <thread>

#include "platform/thread.h"

namespace imgmill {

void SetTeam::run(std::vector<SetTask> tasks, int threads) {
  tasks_ = std::move(tasks);
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) {
    others.emplace_back([this] {
      name_this_thread("imgmill-set");
      work();
    });
  }
  work();
}

void SetTeam::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!jobs_.empty()) {
      const Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      if (maker_.make(*job.set, job.slot, stop_)) listener_.on_done(maker_.finish(*job.set));
      lock.lock();
    } else if (next_ < tasks_.size()) {
      SetTask task = std::move(tasks_[next_++]);
      ++opening_;
      lock.unlock();
      open(std::move(task));
      lock.lock();
    } else if (opening_ > 0) {
      changed_.wait(lock);
    } else {
      return;
    }
  }
}

void SetTeam::open(SetTask task) {
  std::expected<std::shared_ptr<OpenSet>, OptimizationResult> set;
  if (stop_.stop_requested()) {
    OptimizationResult result = result_of(task, Stage::validate);
    result.error =
        Error(ErrorCode::cancelled, "stopped before it was done", "run again for the rest");
    set = std::unexpected(std::move(result));
  } else {
    listener_.on_started(task.task);
    set = maker_.open(std::move(task), stop_);
  }
  {
    const std::lock_guard lock(mutex_);
    --opening_;
    for (std::size_t slot = 0; set && slot < (*set)->slots.size(); ++slot) {
      jobs_.push_back({*set, slot});
    }
  }
  changed_.notify_all();
  if (!set) listener_.on_done({std::move(set).error(), {}});
}

}  // namespace imgmill
