// The tree as a file again, in the fewest bytes.
#pragma once

#include <string>

#include "svg/document.h"

namespace imgmill::svg {

/// UTF-8 without a declaration, which XML then takes for granted. Reading it gives `document`
/// again (`same`). HTML in it is written so that a page of HTML, into which the drawing may be
/// put, reads the same. Thread-safe.
[[nodiscard]] std::string write(const Document& document);

}  // namespace imgmill::svg
