// Runs one piece of work in a sandboxed child process.
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
  /// Maximum size of an answer, bytes.
  std::size_t longest_answer = std::size_t{1} << 30;
  /// Run in the child before it enters the sandbox, to load libraries. Must not start threads.
  std::function<void()> prepare;
  /// Runs inside the sandbox, with a copy of the caller's memory. May return any bytes. Exceptions
  /// terminate the child.
  std::function<std::string()> work;
};

struct ConfinedAnswer {
  std::string bytes;  ///< untrusted
  /// describe_missing() of the sandbox that was entered; empty: every layer is on.
  std::string missing_layers;
};

/// Runs `call.work` in a child process. Call it while this process has one thread and does not wait
/// for arbitrary children.
/// Errors: environment (the sandbox is not available as `mode` requires, or no process can be
/// created), fault (the child crashed, hung or broke the rules; the message says how).
[[nodiscard]] Result<ConfinedAnswer> call_confined(const ConfinedCall& call);

}  // namespace imgmill
