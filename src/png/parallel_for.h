// Splits work on one image among several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace imgmill::png {

/// Calls `work(i, thread)` once for each i below `count`, in any order, on at most `thread_count`
/// threads including the caller's. `thread` is below `thread_count` and identifies one thread for
/// the duration of the call. If the system provides fewer threads, those do all the work. Rethrows
/// what `work` throws; if several calls throw, the exception with the smallest i that was reached.
void parallel_for(int thread_count, std::size_t count,
                  const std::function<void(std::size_t i, std::size_t thread)>& work);

}  // namespace imgmill::png
