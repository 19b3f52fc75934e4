// The part of the command line that is about configuration files and presets.
#include <fmt/format.h>

#include <algorithm>

#include "config/presets.h"
#include "options/app.h"
#include "options/define.h"
#include "options/definition.h"
#include "options/setting_language.h"

namespace imgmill::cli {
namespace {

constexpr std::string_view picture_group = "Picture";

std::string preset_names() {
  std::string names;
  for (const Preset& preset : presets()) {
    names += (names.empty() ? "" : "|") + std::string(preset.name);
  }
  return names;
}

Result<std::string> parse_preset(std::string_view text) {
  if (const auto known = preset_settings(text); !known) return std::unexpected(known.error());
  return std::string(text);
}

/// "balanced" of "How much time to spend. Default balanced.": help is where defaults are told.
std::string usual_value(std::string_view help) {
  constexpr std::string_view introduction = "Default ";
  const std::size_t start = help.rfind(introduction);
  if (start == std::string_view::npos) return {};
  std::string_view rest = help.substr(start + introduction.size());
  rest = rest.substr(0, std::min({rest.find(", "), rest.find(". "), rest.find("; ")}));
  while (rest.ends_with('.') || rest.ends_with('\'')) rest.remove_suffix(1);
  if (rest.starts_with('\'')) rest.remove_prefix(1);
  return std::string(rest);
}

SettingKey key_of(const OptionFacts& facts) {
  SettingKey key;
  key.name = facts.long_name.substr(2);
  key.takes = facts.flag()                   ? SettingKey::Takes::flag
              : facts.value.contains("LIST") ? SettingKey::Takes::list
                                             : SettingKey::Takes::value;
  key.value = facts.value;
  key.choices = facts.choices;
  key.help = facts.help;
  key.usual = facts.flag() ? "false" : usual_value(facts.help);
  return key;
}

}  // namespace

void CommandLine::add_config_options(CLI::App& app) {
  add_value(app, "--preset", preset_names(), config_.preset, parse_preset,
            "Settings for a purpose; imgmill.toml and all options here win over them.")
      ->group(std::string(picture_group));
  const std::string group = "How it runs";
  CLI::Option* const file =
      add_value(
          app, "--config", "FILE", config_.file,
          [](std::string_view text) -> Result<std::optional<std::filesystem::path>> {
            return any_path(text);
          },
          "Settings from this file. Default: the nearest imgmill.toml, looked for in the "
          "input's folder and those above; see imgmill config.")
          ->group(group);
  app.add_flag("--no-config", config_.off, "Read no imgmill.toml.")->group(group)->excludes(file);
}

void CommandLine::define_config() {
  CLI::App& app = *app_.add_subcommand(
      "config", "Show which settings hold for an image or a folder, and where each is said.");
  add_value(app, "PATH", "PATH", config_command_.path, any_path,
            "An image or a folder; it need not exist. Default: the current folder.");
  add_picture_options(app);
  add_config_options(app);
  const std::string group = "Telling";
  app.add_flag("--keys", config_command_.keys, "List all settings that imgmill.toml may have.")
      ->group(group);
  app.add_flag("--schema", config_command_.schema,
               "Print a JSON Schema of imgmill.toml, for editors.")
      ->group(group);
  app.add_flag("--json", config_command_.json, "One JSON object.")->group(group);
}

Result<Request> CommandLine::finish_config() {
  IMGMILL_CHECK(finish_picture());
  config_command_.config = config_;
  return config_command_;
}

std::vector<SettingKey> CommandLine::setting_keys() const {
  std::vector<SettingKey> keys;
  for (const OptionFacts& facts : facts_of(*app_.get_subcommand("optimize")).options) {
    if (facts.group != picture_group || facts.long_name == "--preset") continue;
    SettingKey key = key_of(facts);
    if (aim_of(key.name) != Aim::budget) keys.push_back(std::move(key));
  }
  return keys;
}

std::vector<Setting> CommandLine::given_settings() const {
  std::vector<Setting> given;
  for (const CLI::Option* option : chosen().get_options()) {
    if (option->count() == 0 || option->get_group() != picture_group) continue;
    const std::string& name = option->get_lnames().front();
    if (name == "preset") continue;
    const bool flag = option->get_items_expected_max() == 0;
    given.push_back({name, flag ? "true" : unguarded(option->results().back()), {}});
  }
  return given;
}

/// What a preset says and the words do not: put before them, they count as if they were typed.
std::vector<std::string> CommandLine::preset_words() const {
  if (config_.preset.empty() || preset_is_expanded_) return {};
  std::vector<Setting> settings = preset_settings(config_.preset).value_or(std::vector<Setting>());
  settings = overlaid(std::move(settings), config_.given);
  std::erase_if(settings, [this](const Setting& setting) {
    // Of formats and sizes, `set` has options of its own.
    return setting.origin.source != Origin::Source::preset ||
           chosen().get_option_no_throw("--" + setting.key) == nullptr;
  });
  return words_for(settings);
}

Result<void> CommandLine::read(const Setting& setting) {
  std::vector<std::string> words = words_for({&setting, 1});
  words.emplace_back("optimize");  // CLI11 reads from the end
  try {
    app_.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return std::unexpected(explain(error));
  } catch (const WrongValue& value) {
    // The file knows no dashes.
    std::string message = value.error.message();
    if (message.starts_with("--")) message.erase(0, 2);
    return fail(value.error.code(), std::move(message), value.error.advice());
  }
  return {};
}

}  // namespace imgmill::cli
