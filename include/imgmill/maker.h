// Which program makes an output.
#pragma once

#include <string>

#include "imgmill/export.h"

namespace imgmill {

/// The versions of everything that an output depends on besides input and settings:
/// imgmill's own and those of the libraries that decode and encode. Where this is
/// the same, the same input and settings give the same bytes. Thread-safe.
[[nodiscard]] IMGMILL_API std::string maker();

}  // namespace imgmill
