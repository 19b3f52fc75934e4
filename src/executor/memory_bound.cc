#include "executor/memory_bound.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "executor/governor.h"
#include "platform/memory.h"

namespace imgmill {

MemoryBound memory_bound(std::uint64_t asked) {
  if (asked != 0) {
    const std::uint64_t bound = std::min(asked, Governor::no_bound);
    return {bound, bound};
  }
  const std::uint64_t most = memory_budget().most();
  if (most == 0) return {Governor::no_bound, Governor::no_bound};
  return {most / 2, most / 5 * 4};
}

Result<void> MemoryBound::admits(std::uint64_t needed) const {
  if (needed <= alone) return {};
  return fail(ErrorCode::limit,
              fmt::format("this picture takes about {} of memory to work on, and {} are allowed",
                          human_size(needed), human_size(alone)),
              "allow more with --memory, make the picture smaller with --resize, or let --quality "
              "choose instead of a target, which takes less");
}

}  // namespace imgmill
