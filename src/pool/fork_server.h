// The process that workers are forked from.
#pragma once

#include "platform/channel.h"
#include "pool/warm_up.h"

namespace imgmill {

/// Loads the engine once, then forks a worker whenever it is told to, ends workers
/// when it is told to, and tells how each of them ended. It stays at one thread, so
/// that a fork never meets a lock that nobody will open again. Ends itself and all its
/// workers when `control` is closed. Gives the process's exit status.
[[nodiscard]] int run_fork_server(Channel control, const Crafts& crafts);

}  // namespace imgmill
