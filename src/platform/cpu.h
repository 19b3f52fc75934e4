// How many cores this process may use.
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

}  // namespace imgmill
