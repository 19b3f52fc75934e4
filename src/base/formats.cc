#include <algorithm>
#include <string>

#include "base/format_table.h"
#include "base/text.h"

namespace imgmill {

static_assert(
    [] {
      for (std::size_t i = 0; i < std::size(format_table); ++i) {
        if (static_cast<std::size_t>(format_table[i].format) != i) return false;
      }
      return true;
    }(),
    "the rows stand in the order of Format");

std::span<const FormatInfo> formats() { return format_table; }
const FormatInfo& info(Format format) { return format_table[static_cast<std::size_t>(format)]; }

std::optional<Format> format_named(std::string_view name) {
  const std::string lower = lower_case(name);
  for (const FormatInfo& row : format_table) {
    if (row.name == lower || std::ranges::find(row.extensions, lower) != row.extensions.end()) {
      return row.format;
    }
  }
  return std::nullopt;
}

}  // namespace imgmill
