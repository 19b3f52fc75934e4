#include "base/text.h"

#include <fmt/core.h>

#include <array>

#include "base/utf8.h"

namespace imgmill {
namespace {

bool is_control(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return true;
  // Bidirectional overrides make "gpj.exe" display as "exe.jpg"; line separators break lines.
  return (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower_case(c);
  return result;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = next_code_point(text);
    if (!point.valid) return false;
    text.remove_prefix(point.length);
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = next_code_point(text);
    if (!point.valid) {
      append_utf8(result, 0xFFFD);
    } else if (is_control(point.value)) {
      result.push_back('?');
    } else {
      result.append(text.substr(0, point.length));
    }
    text.remove_prefix(point.length);
  }
  return result;
}

std::string printable(const std::filesystem::path& path) {
  return printable(std::string_view(path.native()));
}

std::string human_size(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  static constexpr std::array units = {"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  // 999.5 would be rounded to "1000".
  while (value >= 999.5 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  if (value < 9.995) return fmt::format("{:.2f} {}", value, units[unit]);
  if (value < 99.95) return fmt::format("{:.1f} {}", value, units[unit]);
  return fmt::format("{:.0f} {}", value, units[unit]);
}

std::string human_duration(std::chrono::microseconds duration) {
  using namespace std::chrono;
  const auto us = duration.count() < 0 ? 0 : duration.count();
  if (us < 9'950'000) return fmt::format("{:.1f} s", static_cast<double>(us) / 1e6);
  const auto seconds = (us + 500'000) / 1'000'000;
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  const auto minutes = (seconds + 30) / 60;
  return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
}

std::string grouped(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

}  // namespace imgmill
