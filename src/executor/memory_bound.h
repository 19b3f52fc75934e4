// Limits on the memory of all images together and of a single one.
#pragma once

#include <cstdint>

#include "imgmill/error.h"

namespace imgmill {

/// Limits in bytes.
struct MemoryBound {
  std::uint64_t together = 0;  ///< for all images in work, including their workers
  std::uint64_t alone = 0;     ///< for one image that runs alone; at least `together`

  /// Errors: limit: an image that needs `needed` bytes does not fit even alone.
  [[nodiscard]] Result<void> admits(std::uint64_t needed) const;
};

/// Returns `asked`, or, if that is 0, half of the memory of the machine or the control group. The
/// other half is for files in the queues, the page cache and other processes, which have to make do
/// with a fifth while an image is in work that does not fit otherwise. Unlimited if neither is
/// known. Reads the current values.
[[nodiscard]] MemoryBound memory_bound(std::uint64_t asked);

}  // namespace imgmill
