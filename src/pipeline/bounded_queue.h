// A bounded blocking queue.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace imgmill {

/// FIFO queue of at most `capacity` entries, allocated once. All functions are thread-safe.
template <typename T>
class BoundedQueue {
 public:
  /// `capacity` is at least 1.
  explicit BoundedQueue(std::size_t capacity) : ring_(capacity == 0 ? 1 : capacity) {}

  /// Waits for a free slot. Returns false if the queue is closed or a stop is requested before one
  /// is free; `value` then still belongs to the caller.
  [[nodiscard]] bool push(T& value, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, stop, [&] { return closed_ || size_ < ring_.size(); });
    if (closed_ || size_ == ring_.size()) return false;
    ring_[(first_ + size_) % ring_.size()].emplace(std::move(value));
    ++size_;
    most_ = std::max(most_, size_);
    lock.unlock();
    entry_.notify_one();
    return true;
  }
  [[nodiscard]] bool push(T&& value, std::stop_token stop = {}) { return push(value, stop); }

  /// Waits for an entry. Returns nothing if the queue is closed and empty, or if a stop is
  /// requested while it is empty.
  [[nodiscard]] std::optional<T> pop(std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    entry_.wait(lock, stop, [&] { return closed_ || size_ > 0; });
    return take(lock);
  }

  /// Returns an entry if there is one now.
  [[nodiscard]] std::optional<T> try_pop() {
    std::unique_lock lock(mutex_);
    return take(lock);
  }

  /// Refuses further entries; those inside can still be taken.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    room_.notify_all();
    entry_.notify_all();
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return size_;
  }
  /// The largest number of entries that were ever inside.
  [[nodiscard]] std::size_t most() const {
    const std::lock_guard lock(mutex_);
    return most_;
  }
  [[nodiscard]] std::size_t capacity() const { return ring_.size(); }

 private:
  std::optional<T> take(std::unique_lock<std::mutex>& lock) {
    if (size_ == 0) return std::nullopt;
    std::optional<T> value = std::move(ring_[first_]);
    ring_[first_].reset();
    first_ = (first_ + 1) % ring_.size();
    --size_;
    lock.unlock();
    room_.notify_one();
    return value;
  }

  mutable std::mutex mutex_;
  std::condition_variable_any room_;
  std::condition_variable_any entry_;
  std::vector<std::optional<T>> ring_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t most_ = 0;
  bool closed_ = false;
};

}  // namespace imgmill
