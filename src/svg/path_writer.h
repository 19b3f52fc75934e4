// Path data written: which letters and separators can be left out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "svg/path_data.h"

namespace imgmill::svg {

/// A command with its arguments as they are to be spelled.
struct Piece {
  char command = 'M';
  std::vector<std::string> numbers;
};

/// Puts pieces one behind the other. A letter goes where it is the one before (or the lineto
/// that follows a moveto), a space where a sign or a second point parts two numbers. Flags of
/// arcs stand without anything between them, as the grammar has it.
class PathWriter {
 public:
  void add(const Piece& piece);
  /// How many characters add() would take.
  [[nodiscard]] std::size_t cost(const Piece& piece) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void append(std::string& out, const Piece& piece) const;

  std::string text_;
  char before_ = 0;            // the command that a number would repeat
  bool point_before_ = false;  // the last number has a point or an exponent
  bool number_before_ = false;
};

/// The path with every point rounded to `decimals`, errors never adding up, in the fewest
/// characters that a choice between absolute and relative and between long and short commands
/// gives. Nothing where numbers are too large for that.
[[nodiscard]] std::optional<std::string> path_on_grid(const std::vector<Segment>& segments,
                                                      int decimals);

}  // namespace imgmill::svg
