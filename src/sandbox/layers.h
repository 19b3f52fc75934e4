// The layers, each entered by one function. All are for a process with one
// thread; none can be undone.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "sandbox/sandbox.h"

namespace imgmill {

/// On, with what an older kernel leaves out of it (mostly nothing); or why not.
using Entered = std::expected<std::string, std::string>;

/// A user namespace with this user and group mapped to themselves. It can be
/// entered again from inside, which gives a namespace below.
[[nodiscard]] Entered enter_user_namespace();
[[nodiscard]] Entered enter_network_namespace();
[[nodiscard]] Entered enter_ipc_namespace();

/// Closes all but `keep` and standard error; 0 and 1 become /dev/null unless kept.
[[nodiscard]] Entered keep_descriptors(std::span<const int> keep);

enum class UserNamespace : bool { shared, own };
/// `user_namespace`: whether this process is the only one in its.
[[nodiscard]] Entered set_limits(const SandboxLimits& limits, UserNamespace user_namespace);

/// no_new_privs, no capabilities, not dumpable.
[[nodiscard]] Entered give_up_privileges();

/// Whether enter_landlock() can succeed here, changing nothing.
[[nodiscard]] Entered check_landlock();
[[nodiscard]] Entered enter_landlock();

/// Whether enter_seccomp() can succeed here, changing nothing.
[[nodiscard]] Entered check_seccomp();
/// The policy of policy.h, with what it traps told to `on_violation`.
[[nodiscard]] Entered enter_seccomp(ViolationHandler on_violation);

}  // namespace imgmill
