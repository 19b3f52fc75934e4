// Names for threads, as debuggers and `top -H` show them.
#pragma once

namespace imgmill {

/// Names the calling thread; at most 15 characters, the rest is cut. Never fails.
void name_this_thread(const char* name);

}  // namespace imgmill
