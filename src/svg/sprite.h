// Sprites: symbols that nothing in their file draws, because pages do.
#pragma once

#include <vector>

#include "svg/document.h"

namespace imgmill::svg {

/// Drawings that show what `document` keeps for others: each symbol that has an id and that nothing
/// in `document` refers to, put to use in a cell of its own, a hundred at most on a sheet. A symbol
/// with a viewBox fills its cell; one without is cut at 96 units. What else is in `document` is
/// there, too, for the symbols to refer to, but what would hide the whole is gone from the root.
/// The same ids in the same order give the same cells. Empty: there are no such symbols.
[[nodiscard]] std::vector<Document> sheets_of_symbols(const Document& document);

/// Whether `document` by itself shows nothing: nothing in it is of a kind that is drawn.
[[nodiscard]] bool shows_nothing(const Document& document);

}  // namespace imgmill::svg
