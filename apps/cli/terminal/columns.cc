#include "terminal/columns.h"

#include "base/utf8.h"

namespace imgmill::cli {
namespace {

struct Character {
  std::size_t bytes;
  std::size_t columns;
};

/// Returns the first character of `text`, which is not empty. An invalid byte counts as one column.
Character first_character(std::string_view text) {
  const CodePoint point = next_code_point(text);
  return {point.length, point.valid ? columns_of(point.value) : std::size_t{1}};
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    const Character c = first_character(text);
    sum += c.columns;
    text.remove_prefix(c.bytes);
  }
  return sum;
}

std::string fitted(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  constexpr std::string_view dots = "...";
  const std::size_t room = width > dots.size() ? width - dots.size() : width;
  std::size_t bytes = 0;
  std::size_t used = 0;
  while (bytes < text.size()) {
    const Character c = first_character(text.substr(bytes));
    if (used + c.columns > room) break;
    used += c.columns;
    bytes += c.bytes;
  }
  std::string result(text.substr(0, bytes));
  if (width > dots.size()) result += dots;
  return result;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string padded_left(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::string ascii_only(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Character c = first_character(text);
    result += static_cast<unsigned char>(text.front()) < 0x80 ? text.front() : '?';
    text.remove_prefix(c.bytes);
  }
  return result;
}

}  // namespace imgmill::cli
