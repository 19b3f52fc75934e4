// How many cores this process may use, and how much it insists on them.
#pragma once

#include <string>

namespace imgmill {

struct CoreBudget {
  int cores = 1;            ///< what to use: at least 1
  int online = 1;           ///< in the machine
  int affinity = 1;         ///< in this process's mask
  double cgroup_quota = 0;  ///< CPUs the cgroup grants (v2 cpu.max or v1 cfs quota); 0: no limit
};

/// Reads the affinity mask and the cgroup quota (v2 and v1, this group and its
/// parents). Never fails: what cannot be read does not limit.
[[nodiscard]] CoreBudget core_budget();

/// Adds `steps` (0..19) to this process's niceness, for good. Where the kernel groups
/// processes by session ("autogroup", sched(7)) niceness counts within a session only;
/// a process that leads one then has its whole session stand back as far. Does nothing
/// where a policy forbids it. May wait up to half a second, for the kernel takes such a
/// wish once in 100 ms. Call at the start, before the process is confined.
void stand_back(int steps);

}  // namespace imgmill
