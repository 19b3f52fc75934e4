// Landlock without any rule: everything it can handle is denied. The numbers come from the kernel's
// documentation (docs.kernel.org/userspace-api/landlock.html), since a distribution's headers are
// older than the kernels it runs on.
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "platform/file.h"
#include "sandbox/layers.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

namespace imgmill {
namespace {

struct Ruleset {
  std::uint64_t handled_files = 0;
  std::uint64_t handled_network = 0;
  std::uint64_t scoped = 0;
};

constexpr unsigned ask_version = 1;
constexpr std::uint64_t version_1_files = (1U << 13) - 1;  // execute, read, write, make, remove
constexpr std::uint64_t refer = 1U << 13;                  // 2: to another folder
constexpr std::uint64_t truncate = 1U << 14;               // 3
constexpr std::uint64_t bind_and_connect_tcp = 3;          // 4
constexpr std::uint64_t ioctl_of_devices = 1U << 15;       // 5
constexpr std::uint64_t abstract_sockets_and_signals = 3;  // 6

Ruleset everything(int version) {
  Ruleset set{.handled_files = version_1_files};
  if (version >= 2) set.handled_files |= refer;
  if (version >= 3) set.handled_files |= truncate;
  if (version >= 4) set.handled_network = bind_and_connect_tcp;
  if (version >= 5) set.handled_files |= ioctl_of_devices;
  if (version >= 6) set.scoped = abstract_sockets_and_signals;
  return set;
}

std::string left_out(int version) {
  std::string text;
  const auto add = [&](int since, const char* what) {
    if (version >= since) return;
    text += text.empty() ? "this kernel's landlock does not know: " : ", ";
    text += what;
  };
  add(2, "moving files between folders");
  add(3, "truncating");
  add(4, "TCP ports");
  add(5, "device controls");
  add(6, "abstract sockets and signals");
  return text;
}

/// Returns 0 if there is none, with the reason in errno.
int landlock_version() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, ask_version);
  return version > 0 ? static_cast<int>(version) : 0;
}

std::string why_not(int error) {
  if (error == ENOSYS) return "this kernel has no landlock";
  if (error == EOPNOTSUPP) return "landlock is switched off at boot (lsm=)";
  if (error == EPERM) return "a container or a security module of this machine forbids it";
  return std::generic_category().message(error);
}

}  // namespace

Entered check_landlock() {
  const int version = landlock_version();
  if (version == 0) return std::unexpected(why_not(errno));
  return left_out(version);
}

Entered enter_landlock() {
  const int version = landlock_version();
  if (version == 0) return std::unexpected(why_not(errno));
  const Ruleset set = everything(version);
  const FileDescriptor rules(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &set, sizeof set, 0)));
  if (!rules) return std::unexpected(why_not(errno));
  if (syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
    return std::unexpected(why_not(errno));
  }
  return left_out(version);
}

}  // namespace imgmill
