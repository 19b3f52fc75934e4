// Searches for the best quality that fits a number of bytes.
#pragma once

#include "optimize/search/trials.h"

namespace imgmill {

/// Leaves the best encoding of at most `aim.max_bytes` in `trials.best`, rated. Uses what the
/// search for a score has already found out. Errors: limit: nothing fits (the message says how
/// close it comes); the encoder's, bad_input.
[[nodiscard]] Result<void> search_by_size(Trials& trials);

}  // namespace imgmill
