// The number of cores this process may use, and its scheduling priority.
#pragma once

#include <string>

namespace imgmill {

struct CoreBudget {
  int cores = 1;            ///< number to use, at least 1
  int online = 1;           ///< online in the machine
  int affinity = 1;         ///< in this process's affinity mask
  double cgroup_quota = 0;  ///< CPUs granted by the cgroup (v2 cpu.max or v1 cfs quota); 0: no
                            ///< limit
};

/// Reads the affinity mask and the cgroup quota (v2 and v1, this group and its parents). Never
/// fails: a limit that cannot be read does not apply.
[[nodiscard]] CoreBudget core_budget();

/// Permanently adds `steps` (0..19) to this process's niceness. If the kernel groups processes by
/// session ("autogroup", sched(7)), niceness only counts within a session; if this process leads a
/// session, the priority of the whole session is lowered by the same amount. Does nothing if a
/// policy forbids it. May block for up to half a second, because the kernel accepts such a change
/// only once per 100 ms. Call at startup, before the process is sandboxed.
void stand_back(int steps);

}  // namespace imgmill
