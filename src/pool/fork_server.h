// The process from which workers are forked.
#pragma once

#include "platform/channel.h"
#include "pool/warm_up.h"

namespace imgmill {

/// Loads the engine once, then forks and kills workers on request and reports how each of them
/// ended. It stays single-threaded, so that a fork never copies a lock held by another thread. When
/// `control` is closed, it kills all workers and returns the exit status of the process.
[[nodiscard]] int run_fork_server(Channel control, const Crafts& crafts);

}  // namespace imgmill
