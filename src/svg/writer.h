// Writes a tree in the fewest bytes.
#pragma once

#include <string>

#include "svg/document.h"

namespace imgmill::svg {

/// Writes UTF-8 without an XML declaration, which is then the default. Reading it gives `document`
/// again (`same`). Embedded HTML is written so that an HTML page that includes the drawing reads
/// the same. Thread-safe.
[[nodiscard]] std::string write(const Document& document);

}  // namespace imgmill::svg
