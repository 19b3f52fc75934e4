// CPU time left for the current image, for searches that can stop early.
#pragma once

#include <chrono>

namespace imgmill {

/// Sets how much CPU time this process may use from now on, over all threads, for its current work;
/// 0: no limit. Called by the code that assigns the work. Thread-safe.
void set_time_left(std::chrono::seconds cpu_time);

/// True if half of that time is used: a search that has a result should stop. Takes about a
/// microsecond. Thread-safe.
[[nodiscard]] bool time_is_short();

/// Like time_is_short(), for a search that would give up a possibly better result: if true, this is
/// recorded for has_given_up(). Thread-safe.
[[nodiscard]] bool given_up_for_time();

/// True if anything has been given up since set_time_left(). Thread-safe.
[[nodiscard]] bool has_given_up();

}  // namespace imgmill
