#include "platform/memory.h"

#include <algorithm>

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

}  // namespace imgmill
