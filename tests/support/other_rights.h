// Runs part of a test in a separate process, with other permissions or on its own disk.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

namespace imgmill::test {

/// Result of a child: "" means success; nullopt: it could not be set up.
using Verdict = std::optional<std::string>;

/// Runs `body` in a child after `prepare`, which returns whether it succeeded.
inline Verdict in_child(const std::function<bool()>& prepare,
                        const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe(ends) != 0) return std::nullopt;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string says = "cannot";
    if (prepare()) {
      try {
        says = "said" + body();
      } catch (const std::exception& exception) {
        says = std::string("saidexception: ") + exception.what();
      }
    }
    const bool told = ::write(ends[1], says.data(), says.size()) >= 0;
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char part[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], part, sizeof part)) > 0;) {
    said.append(part, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (said == "cannot") return std::nullopt;
  if (!said.starts_with("said")) return "the child ended with status " + std::to_string(status);
  return said.substr(4);
}

/// Runs as a user whom permissions restrict, which root is not.
inline Verdict as_nobody(const std::function<std::string()>& body) {
  const auto prepare = [] {
    if (::geteuid() != 0) return true;
    return ::setgroups(0, nullptr) == 0 && ::setgid(65534) == 0 && ::setuid(65534) == 0;
  };
  return in_child(prepare, body);
}

/// Runs with a small tmpfs mounted at `folder`, invisible to other processes.
inline Verdict on_small_disk(const std::filesystem::path& folder, const std::string& options,
                             const std::function<std::string()>& body) {
  const auto prepare = [&] {
    if (::geteuid() == 0) {
      if (::unshare(CLONE_NEWNS) != 0) return false;
    } else {
      const uid_t user = ::getuid();
      if (::unshare(CLONE_NEWNS | CLONE_NEWUSER) != 0) return false;
      std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    }
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    return ::mount("none", folder.c_str(), "tmpfs", 0, options.c_str()) == 0;
  };
  return in_child(prepare, body);
}

}  // namespace imgmill::test
