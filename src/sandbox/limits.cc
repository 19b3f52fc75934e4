// Resource limits, descriptors and privileges, which older kernels support as well.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <system_error>
#include <vector>

#include "base/try.h"
#include "platform/file.h"
#include "sandbox/layers.h"

namespace imgmill {
namespace {

std::unexpected<std::string> no(std::string_view what, int error) {
  return std::unexpected(fmt::format("{}: {}", what, std::generic_category().message(error)));
}

/// Sets the soft and the hard limit; never raises them.
bool limit(int resource, rlim_t value) {
  rlimit now{};
  const auto which = static_cast<__rlimit_resource>(resource);
  if (getrlimit(which, &now) != 0) return false;
  const rlim_t both = std::min(value, now.rlim_max);
  now = {both, both};
  return setrlimit(which, &now) == 0;
}

/// For sockets and one image's memory files in flight; the C library needs none.
constexpr rlim_t most_descriptors = 64;

bool close_between(unsigned first, unsigned last) {
  if (syscall(SYS_close_range, first, last, 0) == 0) return true;
  if (errno != ENOSYS) return false;
  // Before Linux 5.9. No descriptor above the limit can be open unless the limit was lowered.
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur > INT_MAX) return false;
  for (unsigned fd = first; fd <= std::min<rlim_t>(last, files.rlim_cur); ++fd) {
    close(static_cast<int>(fd));
  }
  return true;
}

}  // namespace

Entered keep_descriptors(std::span<const int> keep) {
  std::vector<int> kept(keep.begin(), keep.end());
  {
    FileDescriptor opened(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!opened) return no("cannot open /dev/null", errno);
    // Moves it above the numbers to be replaced, one of which it may have.
    const FileDescriptor nothing(fcntl(opened.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    opened.reset();
    const bool has_errors = fcntl(STDERR_FILENO, F_GETFD) >= 0;
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      if (standard == STDERR_FILENO && has_errors) continue;
      if (std::ranges::find(kept, standard) != kept.end()) continue;
      if (dup2(nothing.get(), standard) < 0) {
        return no("cannot replace standard input and output", errno);
      }
    }
  }
  kept.insert(kept.end(), {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO});
  std::ranges::sort(kept);
  unsigned next = 0;
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (fd < 0 || number < next) continue;
    if (number > next && !close_between(next, number - 1)) {
      return no("cannot close descriptors", errno);
    }
    next = number + 1;
  }
  if (!close_between(next, UINT_MAX)) return no("cannot close descriptors", errno);
  return std::string();
}

Entered set_limits(const SandboxLimits& limits, UserNamespace user_namespace) {
  std::string note;
  const bool bound_memory = limits.address_space != 0 && !built_with_sanitizer();
  const bool bound_threads = limits.threads != 0 && user_namespace == UserNamespace::own;
  if (limits.threads != 0 && user_namespace == UserNamespace::shared) {
    note = "threads are not bounded: the kernel would count all that this user runs";
  } else if (limits.threads != 0 && getuid() == 0) {
    note = "threads are not bounded: the kernel exempts root";
  }
  struct Row {
    int resource;
    rlim_t value;
    bool wanted;
    const char* name;
  };
  const std::array rows{
      Row{RLIMIT_CORE, 0, true, "core files"},
      // Growing a memory file counts as writing to a file; the parent creates them at full size.
      Row{RLIMIT_FSIZE, 0, true, "file size"},
      Row{RLIMIT_NOFILE, most_descriptors, true, "descriptors"},
      Row{RLIMIT_MEMLOCK, 0, true, "locked memory"},
      Row{RLIMIT_MSGQUEUE, 0, true, "message queues"},
      Row{RLIMIT_AS, limits.address_space, bound_memory, "address space"},
      Row{RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds != 0, "CPU time"},
      Row{RLIMIT_NPROC, limits.threads, bound_threads, "threads"},
  };
  for (const Row& row : rows) {
    if (row.wanted && !limit(row.resource, row.value)) return no(row.name, errno);
  }
  return note;
}

Entered give_up_privileges() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return no("no_new_privs", errno);
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  if (syscall(SYS_capset, &header, none.data()) != 0) return no("cannot drop capabilities", errno);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return no("cannot forbid dumps", errno);
  return std::string();
}

Result<void> allow_cpu_seconds(std::uint64_t seconds) {
  rlimit limit{};
  timespec used{};
  bool done = getrlimit(RLIMIT_CPU, &limit) == 0;
  if (done && seconds == 0) limit.rlim_cur = limit.rlim_max;
  if (done && seconds != 0) {
    done = clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0;
    // The kernel compares whole seconds; adding one avoids cutting time short.
    const rlim_t end = static_cast<rlim_t>(used.tv_sec) + 1U + std::min<rlim_t>(seconds, INT_MAX);
    limit.rlim_cur = std::min(end, limit.rlim_max);
  }
  if (!done || setrlimit(RLIMIT_CPU, &limit) != 0) {
    return fail(ErrorCode::environment,
                fmt::format("cannot limit CPU time: {}", std::generic_category().message(errno)),
                "run with --sandbox off, or report this with the version of the kernel");
  }
  return {};
}

}  // namespace imgmill
