#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

#include "platform/file.h"
#include "sandbox/layers.h"

namespace imgmill {
namespace {

std::string reason_of(int error) { return std::generic_category().message(error); }

/// Explains a failure from kernel settings, since errno says little.
std::string why_no_user_namespace(int error) {
  const auto setting = [](const char* path) {
    long long value = -1;
    std::ifstream(path) >> value;
    return value;
  };
  if (error == ENOSPC || error == EPERM) {
    for (const char* name : {"user/max_user_namespaces", "kernel/unprivileged_userns_clone"}) {
      if (setting(fmt::format("/proc/sys/{}", name).c_str()) == 0) {
        std::string dotted = name;
        dotted.replace(dotted.find('/'), 1, ".");
        return dotted + " is 0";
      }
    }
  }
  if (error == ENOSPC) return "too many user namespaces inside each other";
  if (error == EPERM) return "a container or a security module of this machine forbids it";
  if (error == EINVAL && built_with_sanitizer()) {
    return "this build has a sanitizer with a thread of its own";
  }
  if (error == EINVAL) return "this kernel has no user namespaces";
  return reason_of(error);
}

bool write_file(const char* path, std::string_view text) {
  const FileDescriptor file(open(path, O_WRONLY | O_CLOEXEC));
  return file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

Entered enter_namespace(int kind, const char* what) {
  if (unshare(kind) == 0) return std::string();
  if (errno == EPERM) {
    return std::unexpected("only root, or who has a user namespace of its own, may leave it");
  }
  if (errno == EINVAL)
    return std::unexpected(fmt::format("this kernel has no {} namespaces", what));
  return std::unexpected(reason_of(errno));
}

}  // namespace

Entered enter_user_namespace() {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWUSER) != 0) return std::unexpected(why_no_user_namespace(errno));
  // The kernel lets an unprivileged process map only itself, and its group only after setgroups()
  // has been disabled.
  if (!write_file("/proc/self/setgroups", "deny") ||
      !write_file("/proc/self/uid_map", fmt::format("{0} {0} 1", user)) ||
      !write_file("/proc/self/gid_map", fmt::format("{0} {0} 1", group))) {
    return std::string("this user has no number inside");
  }
  return std::string();
}

Entered enter_network_namespace() { return enter_namespace(CLONE_NEWNET, "network"); }
Entered enter_ipc_namespace() { return enter_namespace(CLONE_NEWIPC, "IPC"); }

}  // namespace imgmill
