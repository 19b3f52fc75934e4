// The main function of a worker process.
#pragma once

#include "platform/channel.h"
#include "pool/orders.h"
#include "pool/warm_up.h"
#include "sandbox/sandbox.h"

namespace imgmill {

/// Enters the sandbox, warms up, reports ready, and processes orders until the other end of
/// `channel` is closed. Call in a single-threaded process forked for this purpose; `crafts` must
/// outlive the call.
[[noreturn]] void run_worker(Channel channel, const PoolSettings& settings, const Sandbox& sandbox,
                             const Crafts& crafts);

}  // namespace imgmill
