// Threads that do what would keep the server's own thread from its clients.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace imgmill::server {

/// Does tasks in the order they came, several at once. Thread-safe.
class ThreadPool {
 public:
  using Task = std::move_only_function<void()>;

  /// `most_waiting` tasks may wait. Throws std::system_error.
  ThreadPool(int threads, std::size_t most_waiting);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() { stop(); }

  /// False when too many tasks wait, or no more are taken; the task is then gone.
  [[nodiscard]] bool post(Task task);
  /// RequestBody no more, drops what waits, and returns when what is in work is done.
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
