// Taking a JPEG out of an untrusted JPEG XL: in a process of its own, inside the sandbox.
#pragma once

#include <string>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/isolation.h"
#include "imgmill/settings.h"

namespace imgmill::cli {

struct ConfinedRestoring {
  Buffer jpeg;
  std::string missing_layers;  ///< of the sandbox, for people; empty: none
};

/// The JPEG that was packed into `jxl`, bit for bit. Call before threads are started. Errors:
/// unsupported (it holds none), bad_input, limit; also environment (no sandbox of the wanted
/// kind), fault (the process crashed, hung or broke the rules).
[[nodiscard]] Result<ConfinedRestoring> restore_confined(ByteView jxl, const Limits& limits,
                                                         SandboxMode mode);

}  // namespace imgmill::cli
