// Versions of the programs that make an output.
#pragma once

#include <string>

#include "imgmill/export.h"

namespace imgmill {

/// Returns the versions of everything that an output depends on besides input and settings:
/// imgmill's own and those of the decoding and encoding libraries. If they are equal, the same
/// input and settings give the same bytes. Thread-safe.
[[nodiscard]] IMGMILL_API std::string maker();

}  // namespace imgmill
