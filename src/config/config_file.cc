#include "config/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "config/presets.h"
#include "config/toml.h"
#include "platform/file.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view rules_key = "rules";
constexpr std::string_view match_key = "match";
constexpr std::string_view preset_key = "preset";
/// Editors write it at the top to say where the schema is.
constexpr std::string_view schema_key = "$schema";

/// Turns the values of one file into settings.
class Reader {
 public:
  Reader(std::string file, std::span<const SettingKey> keys)
      : file_(std::move(file)), keys_(keys) {}

  [[nodiscard]] std::unexpected<Error> wrong(std::size_t line, const std::string& what,
                                             std::string advice = {}) const {
    return fail(ErrorCode::usage, fmt::format("{}:{}: {}", printable(file_), line, what),
                std::move(advice));
  }

  Result<void> read_value(const TomlEntry& entry, std::string_view match,
                          ConfigTable& table) const {
    if (entry.key == preset_key) {
      if (entry.kind != TomlKind::text) return wrong_kind(entry, "the name of a preset");
      if (const auto known = preset_settings(entry.text); !known) {
        return wrong(entry.line, known.error().message(), known.error().advice());
      }
      table.preset = entry.text;
      table.preset_line = entry.line;
      return {};
    }
    const auto key = std::ranges::find(keys_, entry.key, &SettingKey::name);
    if (key == keys_.end()) return unknown(entry, match.empty());
    IMGMILL_TRY(std::string value, value_of(entry, *key));
    table.settings.push_back({entry.key,
                              std::move(value),
                              {Origin::Source::file, file_, entry.line, std::string(match)}});
    return {};
  }

  Result<ConfigRule> read_rule(const TomlTable& table) const {
    ConfigRule rule;
    rule.table.line = table.line;
    const auto match = std::ranges::find(table.entries, match_key, &TomlEntry::key);
    if (match == table.entries.end()) {
      return wrong(table.line, "the rule does not say which images it is for",
                   "write match = \"icons/**\" below [[rules]]");
    }
    if (match->kind != TomlKind::text && match->kind != TomlKind::texts) {
      return wrong_kind(*match, "a pattern, or an array of patterns");
    }
    rule.match = match->kind == TomlKind::text ? std::vector{match->text} : match->texts;
    auto patterns = PathPatterns::parse(rule.match);
    if (!patterns) {
      return wrong(match->line, patterns.error().message(), patterns.error().advice());
    }
    if (rule.match.empty()) return wrong(match->line, "match has no pattern");
    rule.patterns = *std::move(patterns);
    const std::string shown = fmt::format("{}", fmt::join(rule.match, " "));
    for (const TomlEntry& entry : table.entries) {
      if (entry.key == match_key) continue;
      IMGMILL_CHECK(read_value(entry, shown, rule.table));
    }
    return rule;
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong_kind(const TomlEntry& entry,
                                                  std::string_view wanted) const {
    return wrong(entry.line, fmt::format("{} takes {}", printable(entry.key), wanted));
  }

  [[nodiscard]] std::unexpected<Error> unknown(const TomlEntry& entry, bool top) const {
    std::vector<std::string> names = {std::string(preset_key)};
    names.emplace_back(top ? rules_key : match_key);
    for (const SettingKey& key : keys_) names.push_back(key.name);
    std::string asked = entry.key;
    // JSON writes maxBytes and other programs max_bytes.
    std::ranges::replace(asked, '_', '-');
    const std::string meant = nearest_name(asked, names);
    return wrong(entry.line, fmt::format("there is no setting '{}'", printable(entry.key)),
                 meant.empty() ? "imgmill config --keys lists all settings"
                               : fmt::format("did you mean '{}'?", meant));
  }

  [[nodiscard]] Result<std::string> value_of(const TomlEntry& entry, const SettingKey& key) const {
    if (key.takes == SettingKey::Takes::flag) {
      if (entry.kind != TomlKind::flag) return wrong_kind(entry, "true or false");
      return entry.text;
    }
    if (entry.kind == TomlKind::text || entry.kind == TomlKind::number) return entry.text;
    if (entry.kind == TomlKind::texts && key.takes == SettingKey::Takes::list) {
      return fmt::format("{}", fmt::join(entry.texts, ","));
    }
    return wrong_kind(entry, key.takes == SettingKey::Takes::list
                                 ? fmt::format("a word or an array of words: {}", key.value)
                                 : fmt::format("one value: {}", key.value));
  }

  const std::string file_;
  const std::span<const SettingKey> keys_;
};

}  // namespace

Result<ConfigFile> ConfigFile::parse(std::string_view text, fs::path path,
                                     std::span<const SettingKey> keys) {
  ConfigFile file;
  std::error_code error;
  file.folder_ = fs::absolute(path, error).lexically_normal().parent_path().native();
  if (!file.folder_.ends_with('/')) file.folder_ += '/';
  file.text_ = text;
  const Reader reader(path.native(), keys);
  auto document = parse_toml(text);
  if (!document) {
    return reader.wrong(document.error().line,
                        "not valid TOML: " + printable(document.error().message));
  }
  for (const TomlEntry& entry : document->top.entries) {
    if (entry.key == schema_key) continue;
    if (entry.key == rules_key) {
      return reader.wrong(entry.line, "rules are tables of their own", "write [[rules]]");
    }
    IMGMILL_CHECK(reader.read_value(entry, {}, file.top_));
  }
  for (const TomlTable& table : document->tables) {
    if (table.name != rules_key) {
      std::vector<std::string> names = {std::string(rules_key)};
      const std::string meant = nearest_name(table.name, names);
      return reader.wrong(table.line, fmt::format("there is no table '{}'", printable(table.name)),
                          meant.empty() ? fmt::format("for these images write [[rules]] and, below "
                                                      "it, match = \"{}\"",
                                                      printable(table.name))
                                        : "did you mean [[rules]]?");
    }
    IMGMILL_TRY(ConfigRule rule, reader.read_rule(table));
    file.rules_.push_back(std::move(rule));
  }
  file.path_ = std::move(path);
  return file;
}

Result<ConfigFile> ConfigFile::read(const fs::path& path, std::span<const SettingKey> keys) {
  IMGMILL_TRY(const FileContents contents, read_file(path, most_bytes));
  return parse(as_text(contents.bytes.view()), path, keys);
}

std::vector<std::size_t> ConfigFile::rules_for(std::string_view path) const {
  std::vector<std::size_t> holding;
  // Of an image elsewhere, which a file named by --config may be for, patterns see the whole path.
  path.remove_prefix(path.starts_with(folder_) ? folder_.size() : 1);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const PathPatterns& patterns = rules_[i].patterns;
    bool match = patterns.match_file(path);
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos && !match;
         slash = path.find('/', slash + 1)) {
      match = patterns.match_folder(path.substr(0, slash));
    }
    if (match) holding.push_back(i);
  }
  return holding;
}

std::optional<fs::path> config_file_above(const fs::path& folder) {
  std::error_code error;
  fs::path at = fs::absolute(folder, error).lexically_normal();
  if (error) return std::nullopt;
  if (!at.has_filename()) at = at.parent_path();
  for (;;) {
    fs::path file = at / config_file_name;
    // What cannot be read shall be told, not passed over; a folder of that name is none of ours.
    if (fs::exists(file, error) && !fs::is_directory(file, error)) return file;
    if (!at.has_relative_path()) return std::nullopt;
    at = at.parent_path();
  }
}

}  // namespace imgmill
