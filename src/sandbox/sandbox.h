// What a worker gives up before it sees the first untrusted byte.
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

/// "require", "auto", "off".
[[nodiscard]] std::string_view name_of(SandboxMode mode);
/// Nothing for any other text.
[[nodiscard]] std::optional<SandboxMode> sandbox_mode_named(std::string_view name);

/// In the order in which they are entered.
enum class Layer : std::uint8_t {
  user_namespace,     ///< no identity and no rights in the rest of the machine
  network_namespace,  ///< no network interface that is up
  ipc_namespace,      ///< no System V shared memory, no message queues of others
  descriptors,        ///< only its own; standard input and output are /dev/null
  rlimits,            ///< memory, CPU time, files, threads
  no_new_privs,       ///< no set-user-id program, no capabilities, no dumps, no debugger
  landlock,           ///< no file, no TCP port, no abstract socket, no signal to others
  seccomp,            ///< the system calls of src/sandbox/policy.cc and no others
};
inline constexpr std::array all_layers{
    Layer::user_namespace, Layer::network_namespace, Layer::ipc_namespace, Layer::descriptors,
    Layer::rlimits,        Layer::no_new_privs,      Layer::landlock,      Layer::seccomp};
/// "user namespace", "no_new_privs", "seccomp", ...
[[nodiscard]] std::string_view name_of(Layer layer);

enum class LayerState : std::uint8_t { on, off, unavailable };
/// "on", "off", "unavailable".
[[nodiscard]] std::string_view name_of(LayerState state);

struct LayerReport {
  Layer layer{};
  LayerState state = LayerState::off;
  /// Why it is not on ("this kernel has no landlock"), or what an older kernel
  /// leaves out of a layer that is on. May be empty when it is on.
  std::string reason;
};
/// One entry a layer, in the order of the enum.
using SandboxReport = std::vector<LayerReport>;

/// "landlock is unavailable (this kernel has no landlock), ..." of the layers that
/// are not on; empty when all are on.
[[nodiscard]] std::string describe_missing(const SandboxReport& report);

/// Bounds for the whole life of one worker. 0: no bound.
struct SandboxLimits {
  /// Bytes of address space, what is mapped already included. No bound is set
  /// in builds with a sanitizer, which reserve terabytes.
  std::uint64_t address_space = 0;
  /// CPU seconds, after which the kernel kills. For one image: allow_cpu_seconds().
  std::uint64_t cpu_seconds = 0;
  /// Threads at once, the first included. Bound only where there is a user namespace
  /// (otherwise the kernel would count all that the user runs), and never for the
  /// machine's own root; the report says so.
  std::uint64_t threads = 0;
};

/// Called in a signal handler, on the thread whose system call was trapped; must be
/// async-signal-safe, may use write, sendmsg, and should end with _exit(). When it
/// returns, the process exits with `violation_exit_status`. Not called when the thread
/// has blocked all signals, as posix_spawn() and system() do: then SIGSYS kills the
/// process, which says as much.
using ViolationHandler = void (*)(int system_call);
inline constexpr int violation_exit_status = 159;  // 128 + SIGSYS, as a shell says it

/// The name of a system call of this machine ("openat"), or "system call 4711".
[[nodiscard]] std::string syscall_name(int system_call);

/// Whether this is a build with AddressSanitizer or ThreadSanitizer, whose runtime
/// opens files at any time: seccomp is unavailable then, and no bound is set on
/// address space.
[[nodiscard]] bool built_with_sanitizer();

/// What a sandbox is made of; the fork server makes one, each worker enters it.
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

  /// Changes this process: unless the mode is off it leaves the machine's user,
  /// network and IPC namespaces for new ones, which every child inherits; it sets
  /// the C locale and loads what the C library would load later (time zone).
  /// Call once, before threads are started and after the engine has been.
  /// Errors: environment (mode require, and a layer is not to be had), internal
  /// (there are other threads).
  [[nodiscard]] static Result<Sandbox> prepare(const Choices& choices);
  [[nodiscard]] static Result<Sandbox> prepare(SandboxMode mode) {
    return prepare(Choices{.mode = mode, .leave_out = {}});
  }

  Sandbox(Sandbox&&) noexcept;
  Sandbox& operator=(Sandbox&&) noexcept;
  ~Sandbox();

  /// Gives up everything, for ever, in this process and its later threads. Of the
  /// open descriptors `keep` and standard error remain; 0 and 1 become /dev/null
  /// unless kept. Standard error should be a pipe: files of any kind, memory files
  /// included, can neither grow nor be written with write() (SIGXFSZ). Call in a child of the
  /// process that called prepare(), before threads are started. Errors: environment (mode require,
  /// a layer failed), internal (there are other threads). After an error the process may be
  /// confined in part and should only report and exit.
  [[nodiscard]] Result<SandboxReport> enter(const SandboxLimits& limits, std::span<const int> keep,
                                            ViolationHandler on_violation) const;

  /// What prepare() found: namespaces as they are, of the other layers what
  /// enter() is going to do.
  [[nodiscard]] const SandboxReport& expected() const;

 private:
  struct State;
  explicit Sandbox(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// From now on this process may use `seconds` of CPU time, all threads together;
/// then SIGXCPU ends it. Never beyond SandboxLimits::cpu_seconds. 0: no bound but
/// that. Works inside the sandbox: for each image anew.
[[nodiscard]] Result<void> allow_cpu_seconds(std::uint64_t seconds);

/// What each layer would be in mode automatic, found out in a child process, so
/// that this one is not changed. May be called with threads running.
[[nodiscard]] SandboxReport probe_sandbox();

}  // namespace imgmill
