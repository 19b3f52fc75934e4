// Text for display: sizes, durations, and names that may not be UTF-8.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace imgmill {

/// Converts A to Z only, independent of the locale.
[[nodiscard]] constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] std::string lower_case(std::string_view text);

[[nodiscard]] constexpr bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

[[nodiscard]] bool is_utf8(std::string_view text);
/// Returns valid UTF-8 without control characters, safe to print on a terminal. Bytes that are not
/// UTF-8 become U+FFFD; control characters (escape sequences in file names!) become '?'.
[[nodiscard]] std::string printable(std::string_view text);
[[nodiscard]] std::string printable(const std::filesystem::path& path);
[[nodiscard]] inline std::string printable(const std::string& text) {
  return printable(std::string_view(text));  // a plain string would be ambiguous
}

/// "812 B", "12.3 kB", "4.56 MB": decimal units, three digits.
[[nodiscard]] std::string human_size(std::uint64_t bytes);
/// "0.4 s", "12 s", "3 min 05 s", "2 h 10 min".
[[nodiscard]] std::string human_duration(std::chrono::microseconds duration);
/// "12,345".
[[nodiscard]] std::string grouped(std::uint64_t number);

}  // namespace imgmill
