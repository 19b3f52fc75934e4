#include "platform/memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "platform/file.h"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace imgmill {

void keep_freed_memory(int cores) {
#ifdef M_ARENA_MAX
  constexpr int largest_from_heap = 32 << 20;  // glibc's own upper bound
  constexpr int kept_at_the_top = 128 << 20;
  mallopt(M_MMAP_THRESHOLD, largest_from_heap);
  mallopt(M_TRIM_THRESHOLD, kept_at_the_top);
  mallopt(M_ARENA_MAX, std::max(2, 2 * cores));
#else
  (void)cores;
#endif
}

void offer_to_die_first() {
  const FileDescriptor file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  constexpr std::string_view highest = "1000";
  if (file && ::write(file.get(), highest.data(), highest.size()) < 0) return;
}

}  // namespace imgmill
