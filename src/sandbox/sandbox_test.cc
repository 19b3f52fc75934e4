// Tests each layer in isolation, with the preceding ones left out.
#include "sandbox/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "support/sandboxed_child.h"

namespace imgmill {
namespace {

using test::ChildReport;
using test::in_sandbox;
using ::testing::HasSubstr;

const std::vector<Layer> namespaces{Layer::user_namespace, Layer::network_namespace,
                                    Layer::ipc_namespace};

bool granted(Layer layer) {
  for (const LayerReport& row : probe_sandbox()) {
    if (row.layer == layer) return row.state == LayerState::on;
  }
  return false;
}
#define NEEDS(layer) \
  if (!granted(layer)) GTEST_SKIP() << "this machine does not grant it"

Sandbox::Choices without(std::vector<Layer> layers) {
  return {.mode = SandboxMode::automatic, .leave_out = std::move(layers)};
}

std::string error_text() { return std::generic_category().message(errno); }

void expect_said(const ChildReport& report, const std::string& expected) {
  EXPECT_EQ(report.said, expected)
      << "trapped: " << report.trapped << ", signal: " << report.signal << report.failure;
}

std::string connect_to_loopback() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  if (fd < 0) return "no socket";
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return "connected";
  return std::to_string(errno);
}

// A library that needs the user's language inside the sandbox would look for its files.
TEST(Environment, SpeaksNoLanguageInside) {
  const auto german = [] {
    return ::setenv("LC_ALL", "de_DE.UTF-8", 1) == 0 && ::setenv("LANGUAGE", "de:fr", 1) == 0;
  };
  const ChildReport report = in_sandbox({.before = german}, [] {
    const char* const language = std::getenv("LANGUAGE");
    return std::string(std::getenv("LC_ALL")) + (language == nullptr ? "" : language);
  });
  EXPECT_EQ(report.said, "C") << report.trapped << report.failure;
}

TEST(Landlock, DeniesEveryFile) {
  NEEDS(Layer::landlock);
  expect_said(in_sandbox({.choices = without({Layer::seccomp})},
                         [] {
                           std::string text;
                           for (const int flags : {O_RDONLY, O_WRONLY}) {
                             text += open("/etc/passwd", flags) < 0 ? error_text() : "opened";
                             text += "; ";
                           }
                           text +=
                               open("/tmp", O_RDONLY | O_DIRECTORY) < 0 ? error_text() : "opened";
                           return text;
                         }),
              "Permission denied; Permission denied; Permission denied");
}

TEST(Landlock, DeniesMakingAndRemovingFiles) {
  NEEDS(Layer::landlock);
  const std::string there = ::testing::TempDir() + "imgmill-sandbox-there";
  const std::string made = ::testing::TempDir() + "imgmill-sandbox-made";
  std::ofstream(there) << "x";
  expect_said(in_sandbox({.choices = without({Layer::seccomp, Layer::user_namespace})},
                         [&] {
                           std::string text;
                           text += open(made.c_str(), O_CREAT | O_WRONLY, 0600) < 0 ? error_text()
                                                                                    : "made";
                           text += unlink(there.c_str()) != 0 ? "; " + error_text() : "; removed";
                           return text;
                         }),
              "Permission denied; Permission denied");
  EXPECT_EQ(access(there.c_str(), F_OK), 0);
  EXPECT_NE(access(made.c_str(), F_OK), 0);
  unlink(there.c_str());
}

/// True if the kernel's landlock supports `what`: the report lists what it lacks of version 6.
bool knows(std::string_view what) {
  for (const LayerReport& row : probe_sandbox()) {
    if (row.layer == Layer::landlock) return row.reason.find(what) == std::string::npos;
  }
  return false;
}

TEST(Landlock, DeniesTcpPorts) {
  NEEDS(Layer::landlock);
  if (!knows("TCP ports")) GTEST_SKIP() << "this kernel's landlock has no TCP";
  auto leave_out = namespaces;
  leave_out.push_back(Layer::seccomp);
  expect_said(in_sandbox({.choices = without(leave_out)}, connect_to_loopback),
              std::to_string(EACCES));
}

TEST(Landlock, DeniesSignalsToOthersAndAbstractSockets) {
  NEEDS(Layer::landlock);
  if (!knows("abstract sockets")) GTEST_SKIP() << "this kernel's landlock has no scopes";
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "imgmill-sandbox-test-" + std::to_string(getpid());
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  auto leave_out = namespaces;
  leave_out.push_back(Layer::seccomp);
  const pid_t parent = getpid();
  expect_said(in_sandbox({.choices = without(leave_out)},
                         [&] {
                           std::string text = kill(parent, 0) != 0 ? error_text() : "signalled";
                           const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
                           const int met =
                               connect(fd, reinterpret_cast<sockaddr*>(&address), length);
                           return text + "; " + (met != 0 ? error_text() : "connected");
                         }),
              "Operation not permitted; Operation not permitted");
  close(listener);
}

TEST(NetworkNamespace, HasNoWayOut) {
  NEEDS(Layer::network_namespace);
  expect_said(in_sandbox({.choices = without({Layer::seccomp, Layer::landlock})},
                         [] {
                           std::string text = connect_to_loopback();
                           struct if_nameindex* all = if_nameindex();
                           for (const auto* one = all; one != nullptr && one->if_index != 0;
                                ++one) {
                             text += std::string(" ") + one->if_name;
                           }
                           return text;
                         }),
              std::to_string(ENETUNREACH) + " lo");
}

TEST(UserNamespace, LeavesNoCapabilities) {
  NEEDS(Layer::user_namespace);
  expect_said(in_sandbox({.choices = without({Layer::seccomp, Layer::landlock})},
                         [] {
                           std::ifstream status("/proc/thread-self/status");
                           std::string text;
                           for (std::string line; std::getline(status, line);) {
                             if (line.starts_with("CapEff") || line.starts_with("CapPrm") ||
                                 line.starts_with("NoNewPrivs")) {
                               text += line + "\n";
                             }
                           }
                           return text;
                         }),
              "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
}

TEST(Limits, AddressSpace) {
  if (built_with_sanitizer()) GTEST_SKIP() << "no bound in this build";
  const auto ask = [] {
    void* room = mmap(nullptr, std::size_t{1} << 40, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return room == MAP_FAILED ? error_text() : std::string("mapped");
  };
  expect_said(in_sandbox({.limits = {.address_space = std::uint64_t{4} << 30}}, ask),
              "Cannot allocate memory");
  expect_said(in_sandbox({}, ask), "mapped");
}

TEST(Limits, MemoryFilesDoNotGrow) {
  expect_said(in_sandbox({.choices = without({Layer::seccomp})},
                         [] {
                           signal(SIGXFSZ, SIG_IGN);
                           const int fd = memfd_create("x", MFD_CLOEXEC);
                           return fd < 0                     ? "no memory file"
                                  : ftruncate(fd, 4096) == 0 ? "grown"
                                  : write(fd, "x", 1) == 1   ? "written"
                                  : errno == EFBIG           ? "denied"
                                                             : "other";
                         }),
              "denied");
}

TEST(Limits, CpuTimeEndsWithASignal) {
  const ChildReport report = in_sandbox({}, [] {
    if (!allow_cpu_seconds(1)) return "no limit";
    for (std::atomic<unsigned> i = 0;;) ++i;
  });
  EXPECT_EQ(report.signal, SIGXCPU) << report.said << report.trapped << report.failure;
}

TEST(Limits, CpuTimeOfAnImageStaysBelowTheWorkers) {
  expect_said(in_sandbox({.limits = {.cpu_seconds = 1000}},
                         [] {
                           std::string text;
                           for (const std::uint64_t seconds : {10, 100'000, 0}) {
                             if (!allow_cpu_seconds(seconds)) return std::string("no limit");
                             rlimit limit{};
                             getrlimit(RLIMIT_CPU, &limit);
                             text += limit.rlim_cur <= 20 ? "few "
                                                          : std::to_string(limit.rlim_cur) + " ";
                           }
                           return text;
                         }),
              "few 1000 1000 ");
}

TEST(Limits, Threads) {
  NEEDS(Layer::user_namespace);
  const auto as_nobody = [] {
    if (geteuid() != 0) return true;
    // Changing the user gives /proc/self to root, a situation a worker never meets.
    return setgroups(0, nullptr) == 0 && setgid(65534) == 0 && setuid(65534) == 0 &&
           prctl(PR_SET_DUMPABLE, 1) == 0;
  };
  const ChildReport report = in_sandbox({.limits = {.threads = 4}, .before = as_nobody}, [] {
    std::mutex mutex;
    std::condition_variable changed;
    bool over = false;
    std::vector<std::thread> threads;
    try {
      while (threads.size() < 20) {
        threads.emplace_back([&] {
          std::unique_lock lock(mutex);
          changed.wait(lock, [&] { return over; });
        });
      }
    } catch (const std::system_error&) {
    }
    {
      const std::lock_guard lock(mutex);
      over = true;
    }
    changed.notify_all();
    for (std::thread& thread : threads) thread.join();
    return std::to_string(threads.size());
  });
  expect_said(report, "3");
}

TEST(Descriptors, OnlyThoseToKeepRemain) {
  int low = -1;
  int high = -1;
  const auto before = [&] {
    low = open("/dev/null", O_RDONLY);
    high = fcntl(low, F_DUPFD, 300);
    return low > 0 && high >= 300;
  };
  expect_said(in_sandbox({.before = before},
                         [&] {
                           std::string text;
                           for (const int fd : {0, 1, 2, low, high, test::sandboxed_child_answer}) {
                             text += fcntl(fd, F_GETFD) >= 0 ? "open " : "closed ";
                           }
                           return text;
                         }),
              "open open open closed closed open ");
}

TEST(Descriptors, StandardInputIsEmpty) {
  expect_said(in_sandbox({},
                         [] {
                           char byte = 0;
                           return std::to_string(read(STDIN_FILENO, &byte, 1));
                         }),
              "0");
}

TEST(SandboxModes, HaveNames) {
  for (const SandboxMode mode : {SandboxMode::require, SandboxMode::automatic, SandboxMode::off}) {
    EXPECT_EQ(sandbox_mode_named(name_of(mode)), mode);
  }
  EXPECT_EQ(sandbox_mode_named("on"), std::nullopt);
}

TEST(SandboxModes, OffEntersNothing) {
  const ChildReport report = in_sandbox({.choices = {.mode = SandboxMode::off}}, [] {
    return open("/dev/null", O_RDONLY) >= 0 ? std::string("opened") : error_text();
  });
  expect_said(report, "opened");
}

TEST(SandboxModes, RequireNamesWhatIsMissing) {
  for (const Layer layer : all_layers) {
    const ChildReport report =
        in_sandbox({.choices = {.mode = SandboxMode::require, .leave_out = {layer}}},
                   [] { return std::string("went on"); });
    EXPECT_EQ(report.said, "");
    EXPECT_THAT(report.failure, HasSubstr(std::string(name_of(layer)) + " is unavailable"));
    EXPECT_THAT(report.failure, HasSubstr("--sandbox auto"));
  }
}

TEST(SandboxModes, RequireIsContentWhenAllIsThere) {
  if (!describe_missing(probe_sandbox()).empty()) GTEST_SKIP() << describe_missing(probe_sandbox());
  expect_said(
      in_sandbox({.choices = {.mode = SandboxMode::require}}, [] { return std::string("inside"); }),
      "inside");
}

TEST(SandboxModes, ThreadsThatAreThereAlreadyAreAnError) {
  const auto before = [] {
    std::thread([] { pause(); }).detach();
    return true;
  };
  const ChildReport report = in_sandbox({.before = before}, [] { return std::string("inside"); });
  EXPECT_THAT(report.failure, HasSubstr("threads"));
}

TEST(Probe, TellsOfEachLayerAndLeavesThisProcessAsItWas) {
  const SandboxReport report = probe_sandbox();
  ASSERT_EQ(report.size(), all_layers.size());
  for (std::size_t i = 0; i < report.size(); ++i) {
    EXPECT_EQ(report[i].layer, all_layers[i]);
    EXPECT_NE(report[i].state, LayerState::off);
    EXPECT_FALSE(report[i].state == LayerState::unavailable && report[i].reason.empty());
  }
  EXPECT_EQ(report[static_cast<std::size_t>(Layer::no_new_privs)].state, LayerState::on);
  EXPECT_EQ(report[static_cast<std::size_t>(Layer::descriptors)].state, LayerState::on);
  EXPECT_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
  EXPECT_EQ(access("/etc/passwd", R_OK), 0);
}

}  // namespace
}  // namespace imgmill
