// Names of threads, as debuggers and `top -H` show them, and the number of threads.
#pragma once

namespace imgmill {

/// Names the calling thread; the name is cut to 15 characters. Never fails.
void name_this_thread(const char* name);

/// The number of threads of this process; 0 if unknown.
[[nodiscard]] int thread_count();

}  // namespace imgmill
