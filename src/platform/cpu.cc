#include "platform/cpu.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "platform/cgroup.h"
#include "platform/file.h"

namespace imgmill {
namespace {

int cores_in_mask() {
  // The kernel rejects a mask smaller than its own and does not report the size of its own.
  for (int cpus = 1024; cpus <= 1 << 20; cpus *= 2) {
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<unsigned>(cpus));
    const auto release = [](cpu_set_t* set) { CPU_FREE(set); };
    const std::unique_ptr<cpu_set_t, decltype(release)> set(CPU_ALLOC(static_cast<unsigned>(cpus)),
                                                            release);
    if (!set) return 0;
    if (sched_getaffinity(0, bytes, set.get()) == 0) return CPU_COUNT_S(bytes, set.get());
    if (errno != EINVAL) return 0;
  }
  return 0;
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

/// Keeps the smaller of two limits; 0 means no limit.
void tighten(double& limit, double other) {
  if (other > 0 && (limit == 0 || other < limit)) limit = other;
}

/// cpu.max of cgroup v2: "max 100000" or "150000 100000" (microseconds).
double quota_v2(const std::string& folder) {
  const auto line = first_line(folder + "/cpu.max");
  if (!line) return 0;
  std::istringstream words(*line);
  std::string quota;
  std::string period;
  words >> quota >> period;
  const auto grant = number(quota);
  const auto each = number(period);
  return grant && each && *grant > 0 && *each > 0 ? *grant / *each : 0;
}

/// cpu.cfs_quota_us of cgroup v1; -1 means no limit.
double quota_v1(const std::string& folder) {
  const auto quota = first_line(folder + "/cpu.cfs_quota_us");
  const auto period = first_line(folder + "/cpu.cfs_period_us");
  if (!quota || !period) return 0;
  const auto grant = number(*quota);
  const auto each = number(*period);
  return grant && each && *grant > 0 && *each > 0 ? *grant / *each : 0;
}

double cgroup_quota() {
  double limit = 0;
  for (const ControlGroup& group : control_groups("cpu")) {
    tighten(limit, group.version == 2 ? quota_v2(group.folder) : quota_v1(group.folder));
  }
  return limit;
}

}  // namespace

CoreBudget core_budget() {
  CoreBudget budget;
  budget.online = std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
  const int mask = cores_in_mask();
  budget.affinity = mask > 0 ? mask : budget.online;
  budget.cgroup_quota = cgroup_quota();
  budget.cores = budget.affinity;
  if (budget.cgroup_quota > 0 && budget.cgroup_quota < budget.cores) {
    budget.cores = static_cast<int>(std::ceil(budget.cgroup_quota));
  }
  budget.cores = std::max(1, budget.cores);
  return budget;
}

void stand_back(int steps) {
  if (steps <= 0) return;
  const int own = std::min(::getpriority(PRIO_PROCESS, 0) + steps, 19);
  if (::setpriority(PRIO_PROCESS, 0, own) != 0) return;
  // A session may be shared with other processes; only its leader may change it.
  if (::getsid(0) != ::getpid()) return;
  const FileDescriptor group(::open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC));
  if (!group) return;  // the kernel has no autogroups
  const std::string wanted = std::to_string(std::max(own, 0));
  for (int tries = 0; tries < 5; ++tries) {
    if (::write(group.get(), wanted.data(), wanted.size()) >= 0 || errno != EAGAIN) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
  }
}

}  // namespace imgmill
