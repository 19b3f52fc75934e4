// Permits for the use of cores.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace imgmill {

/// A counter of permits, granted in the order of requests, so that an image that needs many is not
/// overtaken forever by images that need few. Thread-safe.
class CorePermits {
 public:
  explicit CorePermits(int permits) : free_(permits) {}

  /// Returns its permits on destruction.
  class [[nodiscard]] Hold {
   public:
    Hold(CorePermits& owner, int count) : owner_(&owner), count_(count) {}
    Hold(Hold&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), count_(other.count_) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (owner_ != nullptr) owner_->give_back(count_);
    }

   private:
    CorePermits* owner_;
    int count_;
  };

  /// Waits for `count` permits; `count` must not exceed the total.
  Hold acquire(int count) {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = next_ticket_++;
    changed_.wait(lock, [&] { return ticket == serving_ && free_ >= count; });
    ++serving_;
    free_ -= count;
    changed_.notify_all();
    return {*this, count};
  }

 private:
  void give_back(int count) {
    const std::lock_guard lock(mutex_);
    free_ += count;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;
  std::uint64_t next_ticket_ = 0;
  std::uint64_t serving_ = 0;
};

}  // namespace imgmill
