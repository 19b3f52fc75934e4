// The memory that images may take, all together, and what becomes of one that needs more.
#pragma once

#include <cstdint>

#include "imgmill/error.h"

namespace imgmill {

/// Bytes.
struct MemoryBound {
  std::uint64_t together = 0;  ///< all images in work, with their workers
  std::uint64_t alone = 0;     ///< one image that goes alone; at least `together`

  /// Errors: limit: an image that needs so much does not fit even alone.
  [[nodiscard]] Result<void> admits(std::uint64_t needed) const;
};

/// `asked`, or, where that is 0, half of what the machine or the control group has: the other half
/// is for files on their way, the system's cache of files, and everybody else, who have to make do
/// with a fifth while an image is at work that does not fit otherwise. Without a bound where
/// neither is known. Reads what there is now.
[[nodiscard]] MemoryBound memory_bound(std::uint64_t asked);

}  // namespace imgmill
