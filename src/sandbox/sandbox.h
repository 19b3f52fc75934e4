// The sandbox of a worker, entered before it sees the first untrusted byte.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/error.h"
#include "imgmill/isolation.h"

namespace imgmill {

/// Returns "require", "auto" or "off".
[[nodiscard]] std::string_view name_of(SandboxMode mode);
/// None for any other text.
[[nodiscard]] std::optional<SandboxMode> sandbox_mode_named(std::string_view name);

/// In the order in which they are entered.
enum class Layer : std::uint8_t {
  user_namespace,     ///< no identity and no privileges in the rest of the machine
  network_namespace,  ///< no active network interface
  ipc_namespace,      ///< no access to System V shared memory or message queues of others
  descriptors,        ///< only its own; standard input and output are /dev/null
  rlimits,            ///< memory, CPU time, files, threads
  no_new_privs,       ///< no set-user-id programs, no capabilities, no dumps, no debugger
  landlock,           ///< no files, no TCP ports, no abstract sockets, no signals to others
  seccomp,            ///< only the system calls of src/sandbox/policy.cc
};
inline constexpr std::array all_layers{
    Layer::user_namespace, Layer::network_namespace, Layer::ipc_namespace, Layer::descriptors,
    Layer::rlimits,        Layer::no_new_privs,      Layer::landlock,      Layer::seccomp};
/// Returns "user namespace", "no_new_privs", "seccomp", ...
[[nodiscard]] std::string_view name_of(Layer layer);

enum class LayerState : std::uint8_t { on, off, unavailable };
/// Returns "on", "off" or "unavailable".
[[nodiscard]] std::string_view name_of(LayerState state);

struct LayerReport {
  Layer layer{};
  LayerState state = LayerState::off;
  /// Why it is not on ("this kernel has no landlock"), or what an older kernel omits from a layer
  /// that is on. May be empty if it is on.
  std::string reason;
};
/// One entry per layer, in the order of the enum.
using SandboxReport = std::vector<LayerReport>;

/// Returns "landlock is unavailable (this kernel has no landlock), ..." for the layers that are not
/// on; empty if all are on.
[[nodiscard]] std::string describe_missing(const SandboxReport& report);

/// Limits for the whole life of one worker. 0: no limit.
struct SandboxLimits {
  /// Bytes of address space, including existing mappings. Not limited in builds with a sanitizer,
  /// which reserve terabytes.
  std::uint64_t address_space = 0;
  /// CPU seconds, after which the kernel kills the process. For a limit per image see
  /// allow_cpu_seconds().
  std::uint64_t cpu_seconds = 0;
  /// Concurrent threads, including the first. Limited only with a user namespace (otherwise the
  /// kernel would count all threads of the user), and never for the machine's own root; the report
  /// says so.
  std::uint64_t threads = 0;
};

/// Called in a signal handler on the thread whose system call was trapped. Must be
/// async-signal-safe, may use write and sendmsg, and should end with _exit(). If it returns, the
/// process exits with `violation_exit_status`. Not called if the thread has blocked all signals, as
/// posix_spawn() and system() do: then SIGSYS kills the process, which is as clear.
using ViolationHandler = void (*)(int system_call);
inline constexpr int violation_exit_status = 159;  // 128 + SIGSYS, as in shells

/// Returns the name of a system call of this machine ("openat"), or "system call 4711".
[[nodiscard]] std::string syscall_name(int system_call);

/// True if this is a build with AddressSanitizer or ThreadSanitizer, whose runtime opens files at
/// any time: seccomp is then unavailable, and address space is not limited.
[[nodiscard]] bool built_with_sanitizer();

/// A sandbox configuration; the fork server prepares it, and each worker enters it.
///
///   fork server, one thread:  start_engine(); keep_freed_memory(); Sandbox::prepare(mode)
///   worker, after fork():     sandbox.enter(limits, {socket}, on_violation)
class Sandbox {
 public:
  struct Choices {
    SandboxMode mode = SandboxMode::automatic;
    /// Reported as unavailable and not entered: for tests.
    std::vector<Layer> leave_out;
  };

  /// Changes this process: unless the mode is off, it moves to new user, network and IPC
  /// namespaces, which every child inherits. It sets the C locale and loads what the C library
  /// would load later (time zone). Call once, after starting the engine and before starting
  /// threads.
  /// Errors: environment (mode require, and a layer is not available), internal (there are other
  /// threads).
  [[nodiscard]] static Result<Sandbox> prepare(const Choices& choices);
  [[nodiscard]] static Result<Sandbox> prepare(SandboxMode mode) {
    return prepare(Choices{.mode = mode, .leave_out = {}});
  }

  Sandbox(Sandbox&&) noexcept;
  Sandbox& operator=(Sandbox&&) noexcept;
  ~Sandbox();

  /// Enters the sandbox, irrevocably, for this process and its later threads. Of the open
  /// descriptors, `keep` and standard error remain; 0 and 1 become /dev/null unless kept. Standard
  /// error should be a pipe: files of any kind, memory files included, can neither grow nor be
  /// written with write() (SIGXFSZ). Call in a child of the process that called prepare(), before
  /// starting threads. Errors: environment (mode require, a layer failed), internal (there are
  /// other threads). After an error the process may be partly confined and should only report and
  /// exit.
  [[nodiscard]] Result<SandboxReport> enter(const SandboxLimits& limits, std::span<const int> keep,
                                            ViolationHandler on_violation) const;

  /// Returns what prepare() found: the actual state of namespaces, and the expected result of
  /// enter() for the other layers.
  [[nodiscard]] const SandboxReport& expected() const;

 private:
  struct State;
  explicit Sandbox(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Limits CPU time from now on to `seconds`, over all threads; then SIGXCPU ends the process. Never
/// beyond SandboxLimits::cpu_seconds. 0: no other limit than that. Works inside the sandbox; call
/// it for each image.
[[nodiscard]] Result<void> allow_cpu_seconds(std::uint64_t seconds);

/// Returns the state each layer would have in mode automatic, determined in a child process, so
/// that this one is not changed. May be called with threads running.
[[nodiscard]] SandboxReport probe_sandbox();

}  // namespace imgmill
