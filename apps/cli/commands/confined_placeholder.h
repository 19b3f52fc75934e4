// Placeholders of untrusted bytes: made in a process of its own, inside the sandbox.
#pragma once

#include "imgmill/isolation.h"
#include "imgmill/placeholder.h"

namespace imgmill::cli {

struct ConfinedPlaceholder {
  Placeholder placeholder;
  std::string missing_layers;  ///< of the sandbox, for people; empty: none
};

/// As placeholder_of(). Call before threads are started. Errors: also environment (no sandbox of
/// the wanted kind), fault (the process crashed, hung or broke the rules).
[[nodiscard]] Result<ConfinedPlaceholder> placeholder_confined(ByteView input, const Limits& limits,
                                                               SandboxMode mode);

}  // namespace imgmill::cli
