// How much of its time the image in hand has left, for searches that could go on.
#pragma once

#include <chrono>

namespace imgmill {

/// From now on this process may use `cpu_time`, all threads together, for what it has in hand; 0:
/// there is no bound. For the one who gives the work; thread-safe.
void set_time_left(std::chrono::seconds cpu_time);

/// Whether half of that is used up: whoever has something to show should come to an end. Costs a
/// microsecond. Thread-safe.
[[nodiscard]] bool time_is_short();

/// The same, for whoever would give up something that might have come out better: remembered, where
/// it is so. Thread-safe.
[[nodiscard]] bool given_up_for_time();

/// Whether anything has been given up since set_time_left(). Thread-safe.
[[nodiscard]] bool has_given_up();

}  // namespace imgmill
