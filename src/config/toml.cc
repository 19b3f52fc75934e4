#include "config/toml.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16
#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>

namespace imgmill {
namespace {

/// toml++ bounds nested arrays, but not "a.a.a.a = 1", whose tables end in recursion as deep. No
/// key here has a dot; dots in strings count as well, and a line has room for many patterns.
constexpr std::ptrdiff_t most_dots = 256;

TomlEntry entry_of(const toml::key& key, const toml::node& node) {
  TomlEntry entry{std::string(key.str()), key.source().begin.line};
  if (const auto* text = node.as_string()) {
    entry.kind = TomlKind::text;
    entry.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    entry.kind = TomlKind::number;
    entry.text = std::to_string(integer->get());
  } else if (const auto* real = node.as_floating_point()) {
    entry.kind = TomlKind::number;
    entry.text = fmt::format("{}", real->get());
  } else if (const auto* flag = node.as_boolean()) {
    entry.kind = TomlKind::flag;
    entry.text = flag->get() ? "true" : "false";
  } else if (const auto* array = node.as_array()) {
    entry.kind = TomlKind::texts;
    for (const toml::node& item : *array) {
      if (const auto* word = item.as_string()) {
        entry.texts.push_back(word->get());
      } else {
        entry.kind = TomlKind::other;
      }
    }
  }
  return entry;
}

TomlTable table_of(std::string_view name, std::size_t line, const toml::table& table) {
  TomlTable result{std::string(name), line, {}};
  for (const auto& [key, node] : table) result.entries.push_back(entry_of(key, node));
  std::ranges::stable_sort(result.entries, {}, &TomlEntry::line);
  return result;
}

}  // namespace

std::expected<TomlDocument, TomlFault> parse_toml(std::string_view text) {
  for (std::size_t line = 1, start = 0; start < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (std::ranges::count(text.substr(start, end - start), '.') > most_dots) {
      return std::unexpected(TomlFault{line, "the line has too many dots"});
    }
    start = end + 1;
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return std::unexpected(TomlFault{std::max<std::size_t>(1, error.source().begin.line),
                                     std::string(error.description())});
  }
  TomlDocument document;
  for (const auto& [key, node] : parsed.table()) {
    const auto* array = node.as_array();
    if (const auto* table = node.as_table()) {
      document.tables.push_back(table_of(key.str(), key.source().begin.line, *table));
    } else if (array != nullptr && !array->empty() && array->is_homogeneous<toml::table>()) {
      for (const toml::node& item : *array) {
        document.tables.push_back(table_of(key.str(), item.source().begin.line, *item.as_table()));
      }
    } else {
      document.top.entries.push_back(entry_of(key, node));
    }
  }
  std::ranges::stable_sort(document.top.entries, {}, &TomlEntry::line);
  std::ranges::stable_sort(document.tables, {}, &TomlTable::line);
  return document;
}

}  // namespace imgmill
