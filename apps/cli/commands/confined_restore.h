// Restores the JPEG packed into an untrusted JPEG XL, in a child process inside the sandbox.
#pragma once

#include <string>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/isolation.h"
#include "imgmill/settings.h"

namespace imgmill::cli {

struct ConfinedRestoring {
  Buffer jpeg;
  std::string missing_layers;  ///< missing layers of the sandbox, as text; empty: none
};

/// Returns the JPEG that was packed into `jxl`, bit for bit. Call before any thread is started.
/// Errors: unsupported (it holds none), bad_input, limit; also environment (no sandbox of the
/// wanted kind), fault (the process crashed, hung or broke the rules).
[[nodiscard]] Result<ConfinedRestoring> restore_confined(ByteView jxl, const Limits& limits,
                                                         SandboxMode mode);

}  // namespace imgmill::cli
