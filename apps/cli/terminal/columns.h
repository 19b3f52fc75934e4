// How wide text is on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imgmill::cli {

/// Columns that `text` takes on a terminal: two for wide East Asian characters
/// and pictographs, none for combining marks. `text` is valid UTF-8 without
/// control characters (see `printable`).
[[nodiscard]] std::size_t columns(std::string_view text);

/// The longest start of `text` that takes at most `width` columns, whole
/// characters only; where something is cut and there is room, it ends in "...".
[[nodiscard]] std::string fitted(std::string_view text, std::size_t width);

/// `text` and spaces up to `width` columns; longer text stays as it is.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);
[[nodiscard]] std::string padded_left(std::string_view text, std::size_t width);

/// `text` with '?' for every character outside ASCII, for terminals whose
/// locale is not UTF-8.
[[nodiscard]] std::string ascii_only(std::string_view text);

}  // namespace imgmill::cli
