// Compares untrusted images in a child process inside the sandbox.
#pragma once

#include "imgmill/compare.h"
#include "imgmill/isolation.h"

namespace imgmill::cli {

struct ConfinedComparison {
  Comparison comparison;
  std::string missing_layers;  ///< missing layers of the sandbox, as text; empty: none
};

/// Like compare(). Call before any thread is started. Errors: also environment (no sandbox of the
/// wanted kind), fault (the process crashed, hung or broke the rules).
[[nodiscard]] Result<ConfinedComparison> compare_confined(ByteView original, ByteView other,
                                                          const CompareOptions& options,
                                                          const Limits& limits, SandboxMode mode);

}  // namespace imgmill::cli
