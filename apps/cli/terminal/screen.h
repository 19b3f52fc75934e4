// The terminal: one status line at the bottom, other lines above it.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace imgmill::cli {

/// The only writer to standard error and standard output, so that lines and the progress bar do not
/// mix. Thread-safe.
class Screen {
 public:
  /// Inspects standard error and output, the locale and the environment (TERM, NO_COLOR) once.
  Screen();
  ~Screen() { clear_status(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// True if standard error is a terminal that can redraw a line.
  [[nodiscard]] bool redraws() const { return redraws_; }
  [[nodiscard]] bool output_is_terminal() const { return output_is_terminal_; }
  /// The terminal's current width in columns; 80 if unknown.
  [[nodiscard]] std::size_t width() const;

  /// Writes a line to standard error. `text` is printable and has no final line feed; characters
  /// that the locale cannot show become '?'.
  void line(std::string_view text);
  /// Like `line`, with `word` first, highlighted if the terminal has colour.
  void trouble(std::string_view word, std::string_view text);
  /// Writes all of `bytes` unchanged to standard output. Returns false if the reader is gone or
  /// they cannot be written (errno).
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
