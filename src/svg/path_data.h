// Path data (SVG 2, 9.3): read, and written in fewer characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "svg/numbers.h"

namespace imgmill::svg {

/// One command with one set of arguments; a repetition without its letter is one of its own.
struct Segment {
  char command = 'M';  ///< as written; what follows a moveto without a letter is a lineto
  std::vector<Number> arguments;
};

/// Nothing where the data is not as SVG's grammar has it: then readers draw up to the error,
/// each in its own way. The segments refer to `text`.
[[nodiscard]] std::optional<std::vector<Segment>> parse_path(std::string_view text);

/// The same commands and numbers, spelled shorter. As it is where it cannot be read.
[[nodiscard]] std::string respell_path(std::string_view text);

/// The same curves: points moved by no more than `tolerance` (above 0), absolute or relative,
/// whichever is shorter. Segments are neither joined nor dropped: markers and line ends stand
/// on each. What was written is read again, and proved to lie where the original does. Never
/// longer than respell_path(text).
[[nodiscard]] std::string shorten_path(std::string_view text, double tolerance);

}  // namespace imgmill::svg
