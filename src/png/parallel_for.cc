#include "png/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace imgmill::png {

void parallel_for(int thread_count, std::size_t count,
                  const std::function<void(std::size_t, std::size_t)>& work) {
  const std::size_t most = std::min(static_cast<std::size_t>(std::max(thread_count, 1)), count);
  if (most <= 1) {
    for (std::size_t i = 0; i < count; ++i) work(i, 0);
    return;
  }
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::size_t failed = count;
  std::exception_ptr failure;
  const auto run = [&](std::size_t thread) {
    for (;;) {
      const std::size_t i = next.fetch_add(1);
      if (i >= count) return;
      try {
        work(i, thread);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed) {
          failed = i;
          failure = std::current_exception();
        }
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    threads.reserve(most - 1);
    try {
      while (threads.size() + 1 < most) threads.emplace_back(run, threads.size() + 1);
    } catch (const std::system_error&) {
      // The other threads, or just this one, do the rest.
    }
    run(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace imgmill::png
