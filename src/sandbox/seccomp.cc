// Installs the policy as a kernel filter, and handles trapped calls.
#include <fcntl.h>
#include <fmt/format.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include "sandbox/layers.h"
#include "sandbox/policy.h"

namespace imgmill {
namespace {

using Filter = std::unique_ptr<void, decltype([](void* filter) { seccomp_release(filter); })>;

std::unexpected<std::string> no(std::string_view what, int error) {
  return std::unexpected(fmt::format("{}: {}", what, std::generic_category().message(error)));
}

std::vector<scmp_arg_cmp> comparisons(std::span<const Condition> conditions) {
  std::vector<scmp_arg_cmp> all;
  for (const Condition& condition : conditions) {
    const std::uint64_t value =
        condition.value == own_process ? static_cast<std::uint64_t>(getpid()) : condition.value;
    all.push_back({.arg = condition.argument,
                   .op = SCMP_CMP_MASKED_EQ,
                   .datum_a = condition.mask,
                   .datum_b = value});
  }
  return all;
}

std::expected<Filter, std::string> compile() {
  Filter filter(seccomp_init(SCMP_ACT_TRAP));
  if (!filter) return no("libseccomp has no filter for this machine", EINVAL);
  // 32-bit and x32 calls have numbers of their own and would be misinterpreted.
  int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  // Binary search instead of linear: images make many futex calls.
  if (error == 0) error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (error != 0) return no("cannot set up the filter", -error);
  for (const PolicyRow& row : sandbox_policy()) {
    const int call = seccomp_syscall_resolve_name(row.call);
    if (call == __NR_SCMP_ERROR) continue;
    const auto conditions = comparisons(row.when);
    const std::uint32_t action = row.action == Action::allow
                                     ? SCMP_ACT_ALLOW
                                     : SCMP_ACT_ERRNO(static_cast<std::uint32_t>(row.error));
    error = seccomp_rule_add_array(filter.get(), action, call,
                                   static_cast<unsigned>(conditions.size()), conditions.data());
    if (error != 0) return no(fmt::format("the rule of {}", row.call), -error);
  }
  return filter;
}

constexpr int trapped_by_filter = 1;  // the kernel's SYS_SECCOMP, which the C library hides
std::atomic<ViolationHandler> violation_handler;

/// True if the trapped call opens a file of the quiet list; the caller then sees "no such file".
bool refused_quietly([[maybe_unused]] int call, [[maybe_unused]] ucontext_t& context) {
#if defined(__x86_64__)
  greg_t* registers = context.uc_mcontext.gregs;
  const auto path = [&](int which) { return reinterpret_cast<const char*>(registers[which]); };
  const char* name = nullptr;
  if (call == SYS_openat) name = path(REG_RSI);
  if (call == SYS_open) name = path(REG_RDI);
  greg_t& answer = registers[REG_RAX];
#elif defined(__aarch64__)
  auto* registers = context.uc_mcontext.regs;
  const char* name = nullptr;
  if (call == SYS_openat) name = reinterpret_cast<const char*>(registers[1]);
  auto& answer = registers[0];
#else
  const char* name = nullptr;
  long answer = 0;
#endif
  if (name == nullptr) return false;
  for (const QuietFile& file : quiet_files()) {
    if (std::strcmp(name, file.path) != 0) continue;
    answer = static_cast<std::remove_reference_t<decltype(answer)>>(-ENOENT);
    return true;
  }
  return false;
}

/// The call is denied whatever happens here: this only reports it.
void on_trap(int, siginfo_t* info, void* context) {
  if (info->si_code != trapped_by_filter) return;  // sent by kill()
  if (refused_quietly(info->si_syscall, *static_cast<ucontext_t*>(context))) return;
  const ViolationHandler handler = violation_handler.load(std::memory_order_relaxed);
  if (handler != nullptr) handler(info->si_syscall);
  _exit(violation_exit_status);
}

}  // namespace

std::string syscall_name(int system_call) {
  const std::unique_ptr<char, decltype([](char* text) { std::free(text); })> name(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, system_call));
  return name ? std::string(name.get()) : fmt::format("system call {}", system_call);
}

bool built_with_sanitizer() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

Entered check_seccomp() {
  if (built_with_sanitizer()) {
    return std::unexpected("this build has a sanitizer, which opens files at any time");
  }
  const unsigned trap = SCMP_ACT_TRAP;
  if (syscall(SYS_seccomp, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, &trap) != 0) {
    if (errno == ENOSYS || errno == EINVAL)
      return std::unexpected("this kernel has no seccomp filters");
    return no("seccomp", errno);
  }
  return std::string();
}

Entered enter_seccomp(ViolationHandler on_violation) {
  if (const Entered possible = check_seccomp(); !possible) return possible;
  auto filter = compile();
  if (!filter) return std::unexpected(filter.error());
  violation_handler.store(on_violation, std::memory_order_relaxed);
  struct sigaction action {};
  action.sa_sigaction = on_trap;
  action.sa_flags = SA_SIGINFO;
  sigset_t trap;
  sigemptyset(&trap);
  sigaddset(&trap, SIGSYS);
  // If the signal were blocked, it would kill the process without reporting the call.
  if (sigaction(SIGSYS, &action, nullptr) != 0 || sigprocmask(SIG_UNBLOCK, &trap, nullptr) != 0) {
    return no("cannot handle SIGSYS", errno);
  }
  if (const int error = seccomp_load(filter->get()); error != 0) {
    return no("cannot load the filter", -error);
  }
  return std::string();
}

}  // namespace imgmill
