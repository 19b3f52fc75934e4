// Names for threads, as debuggers and `top -H` show them, and their number.
#pragma once

namespace imgmill {

/// Names the calling thread; at most 15 characters, the rest is cut. Never fails.
void name_this_thread(const char* name);

/// How many threads this process has; 0 where that cannot be told.
[[nodiscard]] int thread_count();

}  // namespace imgmill
