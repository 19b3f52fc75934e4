// One piece of work in a process that has given everything up.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "sandbox/sandbox.h"

namespace imgmill {

struct ConfinedCall {
  SandboxMode mode = SandboxMode::automatic;
  SandboxLimits limits;
  std::chrono::seconds timeout{600};
  /// A longer answer is not accepted, bytes.
  std::size_t longest_answer = std::size_t{1} << 30;
  /// What is to be done in the child before the sandbox: loading libraries. May start no
  /// thread.
  std::function<void()> prepare;
  /// Runs inside the sandbox and sees the memory of the caller as it was. Its answer may
  /// be any bytes. Exceptions end the child.
  std::function<std::string()> work;
};

struct ConfinedAnswer {
  std::string bytes;  ///< nothing in it is to be trusted
  /// describe_missing() of what was entered; empty: every layer.
  std::string missing_layers;
};

/// Runs `call.work` in a child process. Call while this process has one thread and no
/// other children that it waits for without naming them.
/// Errors: environment (the sandbox is not to be had as `mode` wants it, no process),
/// fault (the child crashed, hung or broke the rules; the message says how).
[[nodiscard]] Result<ConfinedAnswer> call_confined(const ConfinedCall& call);

}  // namespace imgmill
