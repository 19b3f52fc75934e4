#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/try.h"
#include "batch/json.h"
#include "commands/commands.h"
#include "commands/json_line.h"
#include "config/schema.h"
#include "options/setting_language.h"

namespace imgmill::cli {
namespace {

using Json = nlohmann::ordered_json;

/// How good a result has to be is said in one way, and the others do not hold.
Aim aim_among(const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    const Aim aim = aim_of(setting.key);
    if (aim != Aim::none && setting.value != "false") return aim;
  }
  const auto size = std::ranges::find(settings, "max-bytes", &Setting::key);
  return size != settings.end() ? Aim::none : Aim::target;
}

/// A setting that holds, said by somebody or not.
struct Holding {
  std::string key;
  std::string value;
  std::string from;
};

std::vector<Holding> holding(const std::vector<SettingKey>& keys,
                             const std::vector<Setting>& settings) {
  const Aim aim = aim_among(settings);
  std::vector<Holding> rows;
  for (const SettingKey& key : keys) {
    const auto said = std::ranges::find(settings, key.name, &Setting::key);
    if (said != settings.end()) {
      const std::string& match = said->origin.match;
      rows.push_back({key.name, said->value,
                      said->origin.text() + (match.empty() ? "" : " (match " + match + ")")});
      continue;
    }
    const bool other_aim = aim_of(key.name) != Aim::none && aim_of(key.name) != aim;
    if (other_aim || key.usual.empty()) continue;
    rows.push_back({key.name, key.usual, "default"});
  }
  return rows;
}

std::string table(const std::vector<Holding>& rows) {
  std::size_t names = 0;
  std::size_t values = 0;
  for (const Holding& row : rows) {
    names = std::max(names, row.key.size());
    values = std::max(values, std::min<std::size_t>(row.value.size(), 32));
  }
  std::string text;
  for (const Holding& row : rows) {
    text += fmt::format("{:<{}}  {:<{}}  {}\n", row.key, names, printable(row.value), values,
                        printable(row.from));
  }
  return text;
}

std::string key_list(const std::vector<SettingKey>& keys) {
  std::string text;
  for (const SettingKey& key : keys) {
    text += fmt::format("{} = {}\n    {}\n", key.name, key.value.empty() ? "true|false" : key.value,
                        key.help);
  }
  return text;
}

Json json_of(const ConfigFile* file, const std::vector<Holding>& rows,
             const ImageSettings& settings) {
  Json said = Json::object();
  for (const Holding& row : rows) {
    said[row.key] = {{"value", printable(row.value)}, {"from", printable(row.from)}};
  }
  return {{"config", file == nullptr ? Json() : Json(printable(file->path()))},
          {"said", std::move(said)},
          {"settings", Json::parse(settings_to_json(settings))}};
}

Result<std::string> answer(const ConfigCommandOptions& options) {
  const SettingLanguage language = setting_language();
  if (options.schema) return config_schema(language.keys);
  if (options.keys) return key_list(language.keys);
  std::filesystem::path path = options.path.empty() ? "." : options.path;
  // What holds for a folder is what holds for the images in it.
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) path /= "";
  IMGMILL_TRY(const auto book, SettingsBook::open(options.config, language));
  IMGMILL_CHECK(book->add(path));
  IMGMILL_TRY(const auto settings, book->settings_for(path));
  const ConfigFile* const file = book->file_for(path);
  const std::vector<Holding> rows = holding(language.keys, book->layers_for(path));
  if (options.json) return json_line(json_of(file, rows, *settings));
  std::string text =
      fmt::format("{}: {}\n\n", printable(path),
                  file == nullptr ? "no imgmill.toml here or above" : printable(file->path()));
  return text + table(rows);
}

}  // namespace

Status config_command(const ConfigCommandOptions& options, Screen& screen) {
  const auto text = answer(options);
  if (!text) return report_error(screen, "config", text.error());
  return screen.data(*text) ? Status::well : Status::some_failed;
}

}  // namespace imgmill::cli
