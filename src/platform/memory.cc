#include "platform/memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "platform/cgroup.h"
#include "platform/file.h"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace imgmill {
namespace {

std::optional<std::uint64_t> number(const std::optional<std::string>& line) {
  if (!line) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), value);
  if (error != std::errc() || end == line->data()) return std::nullopt;  // includes "max"
  return value;
}

/// The number after `word` in a file of lines such as "oom_kill 3".
std::uint64_t counted(const std::string& path, std::string_view word) {
  std::ifstream file(path);
  std::string name;
  std::uint64_t value = 0;
  while (file >> name >> value) {
    if (name == word) return value;
  }
  return 0;
}

}  // namespace

MemoryBudget memory_budget() {
  MemoryBudget budget;
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0) {
    budget.machine = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
  }
  const auto tighten = [&](const std::string& path) {
    const auto limit = number(first_line(path));
    // Version 1 expresses "no limit" as a number larger than any memory.
    if (!limit || (budget.machine != 0 && *limit >= budget.machine)) return;
    if (budget.cgroup == 0 || *limit < budget.cgroup) budget.cgroup = *limit;
  };
  for (const ControlGroup& group : control_groups("memory")) {
    if (group.version == 2) {
      tighten(group.folder + "/memory.max");
      tighten(group.folder + "/memory.high");
    } else {
      tighten(group.folder + "/memory.limit_in_bytes");
    }
  }
  return budget;
}

std::uint64_t killed_for_memory() {
  std::uint64_t killed = 0;
  for (const ControlGroup& group : control_groups("memory")) {
    killed += group.version == 2 ? counted(group.folder + "/memory.events", "oom_kill")
                                 : counted(group.folder + "/memory.oom_control", "oom_kill");
  }
  return killed + counted("/proc/vmstat", "oom_kill");
}

void keep_freed_memory(int cores) {
#ifdef M_ARENA_MAX
  constexpr int largest_from_heap = 32 << 20;  // glibc's own upper limit
  constexpr int kept_at_the_top = 128 << 20;
  mallopt(M_MMAP_THRESHOLD, largest_from_heap);
  mallopt(M_TRIM_THRESHOLD, kept_at_the_top);
  mallopt(M_ARENA_MAX, std::max(2, 2 * cores));
#else
  (void)cores;
#endif
}

void give_memory_back() {
#ifdef M_ARENA_MAX
  malloc_trim(std::size_t{8} << 20);
#endif
}

void offer_to_die_first() {
  const FileDescriptor file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  constexpr std::string_view highest = "1000";
  if (file && ::write(file.get(), highest.data(), highest.size()) < 0) return;
}

}  // namespace imgmill
