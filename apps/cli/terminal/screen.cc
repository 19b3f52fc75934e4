#include "terminal/screen.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdlib>

#include "terminal/columns.h"

namespace imgmill::cli {
namespace {

constexpr std::size_t usual_width = 80;

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

}  // namespace

Screen::Screen() {
  std::setlocale(LC_CTYPE, "");
  utf8_ = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const std::string_view kind = variable("TERM");
  redraws_ = terminal && !kind.empty() && kind != "dumb";
  colour_ = redraws_ && variable("NO_COLOR").empty();
  output_is_terminal_ = isatty(STDOUT_FILENO) == 1;
}

std::size_t Screen::width() const {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return usual_width;
}

std::string Screen::shown(std::string_view text) const {
  return utf8_ ? std::string(text) : ascii_only(text);
}

// Errors of writing to standard error are ignored: there is nowhere left to report them.
void Screen::line(std::string_view text) {
  const std::string bytes = shown(text) + "\n";
  const std::scoped_lock lock(mutex_);
  erase();
  write_all(STDERR_FILENO, bytes);
}

void Screen::trouble(std::string_view word, std::string_view text) {
  std::string bytes = colour_ ? "\x1b[1;31m" + std::string(word) + "\x1b[0m" : std::string(word);
  bytes += shown(text) + "\n";
  const std::scoped_lock lock(mutex_);
  erase();
  write_all(STDERR_FILENO, bytes);
}

bool Screen::data(std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  if (output_is_terminal_) erase();
  return write_all(STDOUT_FILENO, bytes);
}

void Screen::status(std::string_view text) {
  if (!redraws_) return;
  std::string line = shown(text);
  const std::scoped_lock lock(mutex_);
  if (line == status_) return;
  write_all(STDERR_FILENO, "\r" + line + "\x1b[K");
  status_ = std::move(line);
}

void Screen::clear_status() {
  const std::scoped_lock lock(mutex_);
  erase();
}

void Screen::erase() {
  if (status_.empty()) return;
  write_all(STDERR_FILENO, "\r\x1b[K");
  status_.clear();
}

}  // namespace imgmill::cli
