// Reads path data (SVG 2, 9.3), and writes it in fewer characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "svg/numbers.h"

namespace imgmill::svg {

/// One command with one set of arguments; each implicit repetition is a segment of its own.
struct Segment {
  char command = 'M';  ///< as written; implicit repetitions of a moveto are linetos
  std::vector<Number> arguments;
};

/// None if the data violates SVG's grammar: readers then draw up to the error, each in its own way.
/// The segments refer to `text`.
[[nodiscard]] std::optional<std::vector<Segment>> parse_path(std::string_view text);

/// Returns the same commands and numbers in a shorter spelling; unchanged if the data cannot be
/// read.
[[nodiscard]] std::string respell_path(std::string_view text);

/// Returns the same curves with points moved by at most `tolerance` (above 0), absolute or
/// relative, whichever is shorter. Segments are neither merged nor dropped, because markers and
/// line caps attach to each. The result is parsed again and verified to lie where the original
/// does. Never longer than respell_path(text).
[[nodiscard]] std::string shorten_path(std::string_view text, double tolerance);

}  // namespace imgmill::svg
