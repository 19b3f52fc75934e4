// Makes placeholders of untrusted images in a child process inside the sandbox.
#pragma once

#include "imgmill/isolation.h"
#include "imgmill/placeholder.h"

namespace imgmill::cli {

struct ConfinedPlaceholder {
  Placeholder placeholder;
  std::string missing_layers;  ///< missing layers of the sandbox, as text; empty: none
};

/// Like placeholder_of(). Call before any thread is started. Errors: also environment (no sandbox
/// of the wanted kind), fault (the process crashed, hung or broke the rules).
[[nodiscard]] Result<ConfinedPlaceholder> placeholder_confined(ByteView input, const Limits& limits,
                                                               SandboxMode mode);

}  // namespace imgmill::cli
