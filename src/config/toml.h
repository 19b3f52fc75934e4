// TOML documents of tables with plain values, as configuration files are. Around toml++, whose
// header takes long to compile.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill {

enum class TomlKind {
  text,
  number,  ///< `text` is it in decimal
  flag,    ///< `text` is "true" or "false"
  texts,   ///< an array of strings
  other,   ///< dates, tables, arrays of other things
};

struct TomlEntry {
  std::string key;
  std::size_t line = 0;  ///< from 1
  TomlKind kind = TomlKind::other;
  std::string text = {};
  std::vector<std::string> texts = {};
};

struct TomlTable {
  std::string name = {};
  std::size_t line = 1;
  std::vector<TomlEntry> entries = {};  ///< by line
};

struct TomlDocument {
  TomlTable top;
  std::vector<TomlTable> tables;  ///< `[name]` and each of `[[name]]`, by line
};

struct TomlFault {
  std::size_t line = 1;
  std::string message;
};

/// Nesting is bounded: a document that goes deeper than any configuration does is refused.
[[nodiscard]] std::expected<TomlDocument, TomlFault> parse_toml(std::string_view text);

}  // namespace imgmill
