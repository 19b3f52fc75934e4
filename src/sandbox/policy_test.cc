// Tests the seccomp filter: which calls are trapped, which fail, and which still work.
#include "sandbox/policy.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/sandboxed_child.h"

namespace imgmill {
namespace {

using test::ChildReport;
using test::in_sandbox;

#define NEEDS_SECCOMP() \
  if (built_with_sanitizer()) GTEST_SKIP() << "seccomp is unavailable in this build"

TEST(Policy, EveryRowNamesACallAndGivesAReason) {
  ASSERT_GT(sandbox_policy().size(), 30U);
  for (const PolicyRow& row : sandbox_policy()) {
    EXPECT_GT(std::string_view(row.reason).size(), 3U) << row.call;
    EXPECT_NE(seccomp_syscall_resolve_name(row.call), __NR_SCMP_ERROR) << row.call;
    EXPECT_EQ(row.action == Action::refuse, row.error != 0) << row.call;
    EXPECT_EQ(std::string_view(row.conditions).empty(), row.when.empty()) << row.call;
  }
  for (const QuietFile& file : quiet_files()) {
    EXPECT_EQ(file.path[0], '/');
    EXPECT_GT(std::string_view(file.reason).size(), 3U) << file.path;
  }
}

std::string table() {
  std::string text = "| call | when | answer | why |\n|---|---|---|---|\n";
  for (const PolicyRow& row : sandbox_policy()) {
    const std::string answer = row.action == Action::allow
                                   ? "allowed"
                                   : std::string("refused, ") + strerrorname_np(row.error);
    text += fmt::format("| `{}` | {} | {} | {} |\n", row.call,
                        row.when.empty() ? "always" : row.conditions, answer, row.reason);
  }
  return text;
}

TEST(Policy, TheDocumentHasTheTable) {
  std::ifstream file(std::string(IMGMILL_SOURCE_DIR) + "/docs/sandbox.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str().find(table()) != std::string::npos)
      << "docs/sandbox.md should have this table:\n"
      << table();
}

struct Attempt {
  const char* name;
  const char* call;  ///< as reported to the parent
  std::function<void()> body;
};
void PrintTo(const Attempt& attempt, std::ostream* out) { *out << attempt.name; }

template <typename... Arguments>
auto raw(long number, Arguments... arguments) {
  return [=] { syscall(number, arguments...); };
}

std::vector<Attempt> attempts() {
  return {
      {"OpenAFile", "openat", [] { static_cast<void>(open("/etc/passwd", O_RDONLY)); }},
      {"OpenByStream", "openat", [] { static_cast<void>(std::fopen("/etc/passwd", "r")); }},
      {"CreateAFile", "openat", [] { static_cast<void>(open("/tmp/x", O_CREAT | O_RDWR, 0600)); }},
      {"OpenTheNewWay", "openat2", raw(SYS_openat2, -100, "/etc/passwd", 0L, 0L)},
      {"Unlink", "unlink", [] { unlink("/tmp/imgmill-there-is-none"); }},
      {"Rename", "rename", [] { std::rename("/tmp/imgmill-none", "/tmp/imgmill-none2"); }},
      {"ListAFolder", "openat", [] { static_cast<void>(opendir("/etc")); }},
      {"Socket", "socket", raw(SYS_socket, 2, 1, 0)},
      {"SocketPair", "socketpair", raw(SYS_socketpair, 1, 1, 0, 0L)},
      {"Connect", "connect", raw(SYS_connect, 0, 0L, 0)},
      {"Bind", "bind", raw(SYS_bind, 0, 0L, 0)},
      {"SendToAnAddress", "sendto", raw(SYS_sendto, 0, "x", 1, 0, "address", 8)},
      {"Execute", "execve", raw(SYS_execve, "/bin/true", 0L, 0L)},
      {"ExecuteAt", "execveat", raw(SYS_execveat, 0, "", 0L, 0L, 0x1000)},
      {"Fork", "clone", [] { static_cast<void>(::fork()); }},
      {"CloneIntoANamespace", "clone",
       raw(SYS_clone, CLONE_NEWUSER | CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, 0L, 0L, 0L, 0L)},
      {"Unshare", "unshare", raw(SYS_unshare, CLONE_NEWUSER)},
      {"Ptrace", "ptrace", raw(SYS_ptrace, 0, 0, 0, 0)},
      {"ReadOthersMemory", "process_vm_readv", raw(SYS_process_vm_readv, 1, 0L, 0, 0L, 0, 0)},
      {"KillAnother", "kill", [] { kill(1, 0); }},
      {"AskForTheParent", "getppid", raw(SYS_getppid)},
      {"KillAThreadOfAnother", "tgkill", raw(SYS_tgkill, 1, 1, 0)},
      {"MemoryFile", "memfd_create", raw(SYS_memfd_create, "x", 0)},
      {"Truncate", "ftruncate", raw(SYS_ftruncate, 0, 0L)},
      {"UringSetup", "io_uring_setup", raw(SYS_io_uring_setup, 1, 0L)},
      {"UringEnter", "io_uring_enter", raw(SYS_io_uring_enter, 0, 0, 0, 0, 0L, 0L)},
      {"Bpf", "bpf", raw(SYS_bpf, 0, 0L, 0)},
      {"Perf", "perf_event_open", raw(SYS_perf_event_open, 0L, 0, 0, 0, 0)},
      {"Keys", "keyctl", raw(SYS_keyctl, 0, 0, 0, 0, 0)},
      {"PageFaults", "userfaultfd", raw(SYS_userfaultfd, 0)},
      {"Mount", "mount", raw(SYS_mount, 0L, 0L, 0L, 0, 0L)},
      {"SharedMemory", "shmget", raw(SYS_shmget, 0, 0, 0)},
      {"Duplicate", "dup", raw(SYS_dup, 0)},
      {"SealsAreForTheParent", "fcntl", raw(SYS_fcntl, 0, F_ADD_SEALS, 0)},
      {"ExecutableMemory", "mmap",
       [] { mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
      {"MemoryTurnedExecutable", "mprotect",
       [] {
         void* page =
             mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         mprotect(page, 4096, PROT_READ | PROT_EXEC);
       }},
      {"RaiseAnotherLimit", "prlimit64",
       [] {
         const rlimit files{100, 100};
         setrlimit(RLIMIT_NOFILE, &files);
       }},
      {"LimitOfAnother", "prlimit64", raw(SYS_prlimit64, 1, RLIMIT_CPU, 0L, 0L)},
      {"DumpableAgain", "prctl", raw(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0)},
  };
}

class Trapped : public ::testing::TestWithParam<Attempt> {};

TEST_P(Trapped, EndsTheWorkerAndIsNamed) {
  NEEDS_SECCOMP();
  const ChildReport report = in_sandbox({}, [] {
    GetParam().body();
    return std::string("went on");
  });
  EXPECT_EQ(report.trapped, GetParam().call) << report.said << report.failure;
  EXPECT_EQ(report.exit_status, violation_exit_status);
}

INSTANTIATE_TEST_SUITE_P(Policy, Trapped, ::testing::ValuesIn(attempts()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Policy, AThreadsViolationIsNamedToo) {
  NEEDS_SECCOMP();
  const ChildReport report = in_sandbox({}, [] {
    std::thread([] { static_cast<void>(open("/etc/passwd", O_RDONLY)); }).join();
    return std::string("went on");
  });
  EXPECT_EQ(report.trapped, "openat");
}

// posix_spawn() blocks all signals first, so the call's name cannot be reported.
TEST(Policy, AProgramStartedWithSignalsBlockedKills) {
  NEEDS_SECCOMP();
  const ChildReport report = in_sandbox({}, [] { return std::to_string(std::system("true")); });
  EXPECT_EQ(report.signal, SIGSYS) << report.said;
}

TEST(Policy, SystemCallsHaveNames) {
  EXPECT_EQ(syscall_name(SYS_openat), "openat");
  EXPECT_EQ(syscall_name(SYS_io_uring_setup), "io_uring_setup");
  EXPECT_EQ(syscall_name(999999), "system call 999999");
}

#if defined(__x86_64__)
TEST(Policy, CallsOf32BitProgramsKill) {
  NEEDS_SECCOMP();
  const ChildReport report = in_sandbox({}, [] {
    long number = 20;  // getpid of i386
    asm volatile("int $0x80" : "+a"(number) : : "memory");
    return std::to_string(number);
  });
  EXPECT_EQ(report.signal, SIGSYS) << report.said;
}
#endif

// Incidental calls of the C and C++ libraries.

void expect_said(const std::string& expected, const std::function<std::string()>& body) {
  const ChildReport report = in_sandbox({}, body);
  EXPECT_EQ(report.said, expected)
      << "trapped: " << report.trapped << ", signal: " << report.signal << report.failure;
}

TEST(Allowed, Threads) {
  expect_said("10", [] {
    std::atomic<int> sum = 0;
    std::vector<std::thread> threads;
    for (int i = 1; i <= 4; ++i) {
      threads.emplace_back([&sum, i] {
        pthread_setname_np(pthread_self(), "worker");
        std::vector<std::string> heap(10000, std::string(100, 'x'));
        sum += heap.size() == 10000 ? i : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    return std::to_string(sum);
  });
}

// glibc's per-thread heaps read /proc once when they shrink.
TEST(Allowed, HeapsOfThreadsShrink) {
  expect_said("freed", [] {
    std::thread([] {
      std::vector<std::string> blocks;
      for (int i = 0; i < 300; ++i) blocks.emplace_back(60'000, 'x');
      while (!blocks.empty()) blocks.pop_back();
    }).join();
    return "freed";
  });
}

TEST(Allowed, CountingCoresFindsTheOnesAllowed) {
  cpu_set_t set;
  CPU_ZERO(&set);
  ASSERT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  const std::string expected = std::to_string(CPU_COUNT(&set));
  NEEDS_SECCOMP();
  expect_said(expected, [] { return std::to_string(std::thread::hardware_concurrency()); });
}

TEST(Allowed, LocalTime) {
  expect_said("yes", [] {
    const time_t now = 1'700'000'000;
    tm parts{};
    return localtime(&now) != nullptr && gmtime_r(&now, &parts) != nullptr ? "yes" : "no";
  });
}

TEST(Allowed, SortingALot) {
  expect_said("0", [] {
    std::vector<int> numbers(100'000);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(99'999 - i);
    std::qsort(numbers.data(), numbers.size(), sizeof(int), [](const void* a, const void* b) {
      return *static_cast<const int*>(a) - *static_cast<const int*>(b);
    });
    return std::to_string(numbers.front());
  });
}

TEST(Allowed, PrintingGoesNowhere) {
  expect_said("5", [] {
    const int written = std::printf("hello");
    std::fflush(stdout);
    return std::to_string(written);
  });
}

TEST(Allowed, ExceptionsAndMemory) {
  expect_said("caught", [] {
    std::vector<char> large(200 << 20, 'x');
    large.resize(300 << 20);
    try {
      throw std::runtime_error(std::string(1, large.back()) + "x");
    } catch (const std::runtime_error&) {
      return "caught";
    }
  });
}

TEST(Allowed, AbortingShowsAsSuch) {
  NEEDS_SECCOMP();
  const ChildReport report = in_sandbox({}, []() -> std::string { std::abort(); });
  EXPECT_EQ(report.signal, SIGABRT) << report.trapped;
}

// Libraries test for files and can do without; existing ones must not be revealed.
TEST(Allowed, AskingForFilesLearnsNothing) {
  NEEDS_SECCOMP();
  expect_said("", [] {
    std::string told;
    const auto ask = [&](const char* call, long answer, int expected) {
      if (answer != -1 || errno != expected)
        told += fmt::format("{}: {} {}\n", call, answer, errno);
    };
    std::array<char, 4096> room{};
    for (const char* path : {"/etc/passwd", "/there/is/none"}) {
      ask("access", access(path, R_OK), ENOENT);
      ask("faccessat", syscall(SYS_faccessat, AT_FDCWD, path, R_OK), ENOENT);
      ask("faccessat2", syscall(SYS_faccessat2, AT_FDCWD, path, R_OK, 0), ENOENT);
      ask("statx", syscall(SYS_statx, AT_FDCWD, path, 0, STATX_ALL, room.data()), EACCES);
      ask("statfs", syscall(SYS_statfs, path, room.data()), EACCES);
      ask("readlinkat", syscall(SYS_readlinkat, AT_FDCWD, path, room.data(), room.size()), EACCES);
#if defined(__x86_64__)
      ask("access, older", syscall(SYS_access, path, R_OK), ENOENT);
      ask("stat", syscall(SYS_stat, path, room.data()), EACCES);
      ask("lstat", syscall(SYS_lstat, path, room.data()), EACCES);
      ask("readlink", syscall(SYS_readlink, path, room.data(), room.size()), EACCES);
#endif
    }
    ask("getcwd", syscall(SYS_getcwd, room.data(), room.size()), EACCES);
    ask("getpeername", syscall(SYS_getpeername, 2, room.data(), room.data() + 128), ENOTSOCK);
    return told;
  });
}

TEST(Allowed, NamesOfLanguagesAreLookedForInVain) {
  NEEDS_SECCOMP();
  expect_said("-1 2", [] {
    const int file = open("/usr/share/locale/locale.alias", O_RDONLY);
    return fmt::format("{} {}", file, errno);
  });
}

TEST(Allowed, SizeOfADescriptorButNotOfAName) {
  NEEDS_SECCOMP();
  expect_said("yes", [] {
    struct stat facts {};
    const bool by_descriptor = syscall(SYS_fstat, test::sandboxed_child_answer, &facts) == 0;
    const bool by_name = stat("/etc/passwd", &facts) == 0;
    return by_descriptor && !by_name && errno == EACCES ? "yes" : "no";
  });
}

}  // namespace
}  // namespace imgmill
