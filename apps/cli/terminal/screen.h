// The terminal: one status line at the bottom, lines that go above it.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace imgmill::cli {

/// The only writer to standard error and standard output, so that lines and the
/// progress bar do not run into each other. Thread-safe.
class Screen {
 public:
  /// Looks at standard error and output, the locale and the environment
  /// (TERM, NO_COLOR) once.
  Screen();
  ~Screen() { clear_status(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Whether standard error is a terminal that can redraw a line.
  [[nodiscard]] bool redraws() const { return redraws_; }
  [[nodiscard]] bool output_is_terminal() const { return output_is_terminal_; }
  /// Columns of the terminal now; 80 where that cannot be asked.
  [[nodiscard]] std::size_t width() const;

  /// A line for people, on standard error. `text` is printable, without a line
  /// feed at its end; what the locale cannot show becomes '?'.
  void line(std::string_view text);
  /// As `line`, its first word in the colour of trouble where there is colour.
  void trouble(std::string_view word, std::string_view text);
  /// Data on standard output: all of `bytes`, as they are.
  /// False when nobody reads them any more or they cannot be written (errno).
  [[nodiscard]] bool data(std::string_view bytes);

  /// Shows `text`, one line no wider than the terminal, at the bottom.
  void status(std::string_view text);
  void clear_status();

 private:
  void erase();
  [[nodiscard]] std::string shown(std::string_view text) const;

  std::mutex mutex_;
  std::string status_;
  bool redraws_ = false;
  bool output_is_terminal_ = false;
  bool utf8_ = false;
  bool colour_ = false;
};

}  // namespace imgmill::cli
