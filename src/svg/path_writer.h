// Writes path data without redundant letters and separators.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "svg/path_data.h"

namespace imgmill::svg {

/// A command with its arguments as they will be spelled.
struct Piece {
  char command = 'M';
  std::vector<std::string> numbers;
};

/// Appends pieces. Omits a letter that repeats the preceding one (or a lineto after a moveto), and
/// a space if a sign or a second decimal point separates two numbers. Arc flags need no separator,
/// according to the grammar.
class PathWriter {
 public:
  void add(const Piece& piece);
  /// Returns how many characters add() would write.
  [[nodiscard]] std::size_t cost(const Piece& piece) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void append(std::string& out, const Piece& piece) const;

  std::string text_;
  char before_ = 0;            // the command that another number would repeat
  bool point_before_ = false;  // the last number has a decimal point or an exponent
  bool number_before_ = false;
};

/// Returns the path with every point rounded to `decimals`, without accumulating errors, in the
/// fewest characters over absolute or relative and normal or shorthand commands. None if numbers
/// are too large.
[[nodiscard]] std::optional<std::string> path_on_grid(const std::vector<Segment>& segments,
                                                      int decimals);

}  // namespace imgmill::svg
