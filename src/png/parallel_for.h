// Work on one image that several threads may share.
#pragma once

#include <cstddef>
#include <functional>

namespace imgmill::png {

/// Calls `work(i, thread)` once for each i below `count`, in any order, on `thread_count` threads
/// at most, the caller's among them; `thread` is below `thread_count` and belongs to one thread as
/// long as this runs. Where the system gives fewer threads, fewer do it all. What `work` throws is
/// thrown here, of several the one with the smallest i that was reached.
void parallel_for(int thread_count, std::size_t count,
                  const std::function<void(std::size_t i, std::size_t thread)>& work);

}  // namespace imgmill::png
