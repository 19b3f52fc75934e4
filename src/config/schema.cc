#include "config/schema.h"

#include <nlohmann/json.hpp>

#include "config/presets.h"

namespace imgmill {
namespace {

using Json = nlohmann::ordered_json;

/// Words that may be written as they are are offered; others and numbers are checked by imgmill.
Json type_of(const SettingKey& key) {
  if (key.takes == SettingKey::Takes::flag) return {{"type", "boolean"}};
  std::size_t words = 1;
  for (const char c : key.value) words += c == '|' ? 1 : 0;
  Json forms = Json::array();
  if (!key.choices.empty()) {
    Json choices = Json::array();
    for (const std::string& choice : key.choices) {
      if (!choice.ends_with('=')) choices.push_back(choice);
    }
    if (!choices.empty()) forms.push_back({{"enum", std::move(choices)}});
    if (key.choices.size() == words && forms.size() == 1 && forms[0]["enum"].size() == words) {
      return forms[0];
    }
  }
  forms.push_back({{"type", Json::array({"string", "number"})}});
  if (key.takes == SettingKey::Takes::list) {
    forms.push_back({{"type", "array"}, {"items", {{"type", "string"}}}});
  }
  return forms.size() == 1 ? forms[0] : Json{{"anyOf", std::move(forms)}};
}

}  // namespace

std::string config_schema(std::span<const SettingKey> keys) {
  Json settings = Json::object();
  Json names = Json::array();
  std::string about = "Settings under one name; all others win over them.";
  for (const Preset& preset : presets()) {
    names.push_back(preset.name);
    about += " " + std::string(preset.name) + ": " + std::string(preset.purpose) + ".";
  }
  settings["preset"] = {{"description", about}, {"enum", std::move(names)}};
  for (const SettingKey& key : keys) {
    Json setting = {{"description", key.help}};
    setting.update(type_of(key));
    settings[key.name] = std::move(setting);
  }
  Json rule = settings;
  const Json patterns = {
      {"anyOf",
       Json::array({{{"type", "string"}},
                    {{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}}})}};
  rule["match"] = {{"description",
                    "Patterns as in .gitignore, below the folder of this file: which images the "
                    "rule is for. Later rules win over earlier ones."}};
  rule["match"].update(patterns);
  Json top = {{"$schema", {{"type", "string"}}}};
  top.update(settings);
  top["rules"] = {{"type", "array"},
                  {"items",
                   {{"type", "object"},
                    {"required", Json::array({"match"})},
                    {"additionalProperties", false},
                    {"properties", std::move(rule)}}}};
  const Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                       {"title", "imgmill.toml"},
                       {"description", "Image settings of a project for imgmill"},
                       {"type", "object"},
                       {"additionalProperties", false},
                       {"properties", std::move(top)}};
  return schema.dump(2) + "\n";
}

}  // namespace imgmill
