#include "server/http/thread_pool.h"

#include <exception>

#include "platform/thread.h"

namespace imgmill::server {

ThreadPool::ThreadPool(int threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  try {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] {
        name_this_thread("imgmill-hand");
        work();
      });
    }
  } catch (...) {
    stop();  // destroying a joinable thread would terminate the program
    throw;
  }
}

bool ThreadPool::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || tasks_.size() >= most_waiting_) return false;
  tasks_.push_back(std::move(task));
  changed_.notify_one();
  return true;
}

std::size_t ThreadPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

void ThreadPool::stop() {
  std::deque<Task> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(tasks_);
    changed_.notify_all();
  }
  dropped.clear();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void ThreadPool::work() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    try {
      task();
    } catch (const std::exception&) {
      // The client still gets an answer, when the task is destroyed.
      continue;
    }
  }
}

}  // namespace imgmill::server
