// Sprites: symbols drawn by pages only, not by their own file.
#pragma once

#include <vector>

#include "svg/document.h"

namespace imgmill::svg {

/// Returns drawings that show the symbols of `document` that have an id and are not referenced in
/// it, each in a cell of its own, at most a hundred per sheet. A symbol with a viewBox fills its
/// cell; one without is clipped at 96 units. The rest of `document` is kept for the symbols to
/// refer to, but the root loses everything that would hide it. The same ids in the same order give
/// the same cells. Empty if there are no such symbols.
[[nodiscard]] std::vector<Document> sheets_of_symbols(const Document& document);

/// True if `document` by itself shows nothing: it contains no drawable elements.
[[nodiscard]] bool shows_nothing(const Document& document);

}  // namespace imgmill::svg
