// A thread pool for tasks that would block the server's own thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace imgmill::server {

/// Runs tasks in order of arrival, several at once. Thread-safe.
class ThreadPool {
 public:
  using Task = std::move_only_function<void()>;

  /// At most `most_waiting` tasks may be queued. Throws std::system_error.
  ThreadPool(int threads, std::size_t most_waiting);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() { stop(); }

  /// Returns false if the queue is full or the pool is stopped; the task is then destroyed.
  [[nodiscard]] bool post(Task task);
  /// Accepts no more tasks, drops queued ones, and returns when the running ones are done.
  void stop();
  [[nodiscard]] std::size_t waiting() const;

 private:
  void work();

  const std::size_t most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace imgmill::server
