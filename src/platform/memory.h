// How much memory is available, and the allocator's handling of freed memory.
#pragma once

#include <cstdint>

namespace imgmill {

/// Available memory, in bytes.
struct MemoryBudget {
  std::uint64_t machine = 0;  ///< physical memory; 0: unknown
  std::uint64_t cgroup = 0;   ///< limit of the control groups; 0: no limit
  /// The smaller of the two; 0: unknown.
  [[nodiscard]] std::uint64_t most() const {
    return cgroup != 0 && (machine == 0 || cgroup < machine) ? cgroup : machine;
  }
};

/// Reads the machine's memory and the cgroup's limits (v2 memory.max and memory.high, v1
/// memory.limit_in_bytes; this group and its parents). Never fails: a limit that cannot be read
/// does not apply. Call once, at startup.
[[nodiscard]] MemoryBudget memory_budget();

/// The number of processes killed by the kernel in this process's control groups because the group
/// or the machine ran out of memory. Only differences are meaningful. 0 if the kernel does not
/// report it.
[[nodiscard]] std::uint64_t killed_for_memory();

/// For programs that only process images: keeps freed blocks for the next image instead of
/// returning them to the system, and limits the number of heaps to two per core. Saves half of the
/// page faults and, over photographs, a tenth of the time. Call once, before threads are started.
/// Does nothing if the C library has no such settings.
void keep_freed_memory(int cores);

/// Returns freed blocks to the system after all. Takes some milliseconds per 100 MiB.
void give_memory_back();

/// Makes the kernel kill this process and its children first if the machine runs out of memory.
/// Does nothing where that cannot be set.
void offer_to_die_first();

}  // namespace imgmill
