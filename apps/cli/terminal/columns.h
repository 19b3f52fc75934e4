// The width of text on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imgmill::cli {

/// Returns the columns that `text` takes on a terminal: two for wide East Asian characters and
/// pictographs, none for combining marks. `text` is valid UTF-8 without control characters (see
/// `printable`).
[[nodiscard]] std::size_t columns(std::string_view text);

/// Returns the longest prefix of `text` that takes at most `width` columns, in whole characters. If
/// something is cut and there is space, it ends in "...".
[[nodiscard]] std::string fitted(std::string_view text, std::size_t width);

/// Pads `text` with spaces to `width` columns; longer text is unchanged.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);
[[nodiscard]] std::string padded_left(std::string_view text, std::size_t width);

/// Replaces every character outside ASCII by '?', for terminals whose locale is not UTF-8.
[[nodiscard]] std::string ascii_only(std::string_view text);

}  // namespace imgmill::cli
