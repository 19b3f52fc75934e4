// The life of a worker process.
#pragma once

#include "platform/channel.h"
#include "pool/orders.h"
#include "pool/warm_up.h"
#include "sandbox/sandbox.h"

namespace imgmill {

/// Enters the sandbox, warms up, says that it is ready, and works on images until the
/// other end of `channel` is closed. Call in a process of one thread that was
/// forked for this; `crafts` outlives the call.
[[noreturn]] void run_worker(Channel channel, const PoolSettings& settings, const Sandbox& sandbox,
                             const Crafts& crafts);

}  // namespace imgmill
