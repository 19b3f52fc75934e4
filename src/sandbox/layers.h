// The sandbox layers, one function each. All require a single-threaded process; none can be undone.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "sandbox/sandbox.h"

namespace imgmill {

/// On success, says what an older kernel omits (usually nothing); on failure, why.
using Entered = std::expected<std::string, std::string>;

/// Enters a user namespace with this user and group mapped to themselves. Calling it again nests
/// another namespace.
[[nodiscard]] Entered enter_user_namespace();
[[nodiscard]] Entered enter_network_namespace();
[[nodiscard]] Entered enter_ipc_namespace();

/// Closes all descriptors but `keep` and standard error; 0 and 1 become /dev/null unless kept.
[[nodiscard]] Entered keep_descriptors(std::span<const int> keep);

enum class UserNamespace : bool { shared, own };
/// `user_namespace`: whether this process has its user namespace to itself.
[[nodiscard]] Entered set_limits(const SandboxLimits& limits, UserNamespace user_namespace);

/// Sets no_new_privs and not dumpable, and drops all capabilities.
[[nodiscard]] Entered give_up_privileges();

/// Checks whether enter_landlock() can succeed here, without changing anything.
[[nodiscard]] Entered check_landlock();
[[nodiscard]] Entered enter_landlock();

/// Checks whether enter_seccomp() can succeed here, without changing anything.
[[nodiscard]] Entered check_seccomp();
/// Installs the policy of policy.h; trapped calls are reported to `on_violation`.
[[nodiscard]] Entered enter_seccomp(ViolationHandler on_violation);

}  // namespace imgmill
