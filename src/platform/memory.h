// How much memory there is, and how the process deals with what it has freed.
#pragma once

#include <cstdint>

namespace imgmill {

/// What memory there is, bytes.
struct MemoryBudget {
  std::uint64_t machine = 0;  ///< of the machine; 0: unknown
  std::uint64_t cgroup = 0;   ///< that the control groups grant; 0: no limit
  /// The smaller of the two; 0: unknown.
  [[nodiscard]] std::uint64_t most() const {
    return cgroup != 0 && (machine == 0 || cgroup < machine) ? cgroup : machine;
  }
};

/// Reads the machine's memory and the cgroup's limits (v2 memory.max and memory.high, v1
/// memory.limit_in_bytes; this group and its parents). Never fails: what cannot be read does not
/// limit. To be asked once, at the start.
[[nodiscard]] MemoryBudget memory_budget();

/// How many processes of this process's control groups the kernel has killed because the group's
/// memory, or the machine's, was at its end. Only a difference means anything. 0 where the kernel
/// does not tell.
[[nodiscard]] std::uint64_t killed_for_memory();

/// For programs that do nothing but images: keeps freed blocks for the next
/// image instead of giving them back to the system, and bounds the number of
/// heaps to two a core. Saves half of the page faults and, over photographs, a
/// tenth of the time. Call once, before threads are started. Does nothing where
/// the C library has no such settings.
void keep_freed_memory(int cores);

/// Gives freed blocks back all the same. Takes some milliseconds for each 100 MiB.
void give_memory_back();

/// Should the machine run out of memory, let the kernel end this process and its
/// children before any other. Does nothing where that cannot be said.
void offer_to_die_first();

}  // namespace imgmill
