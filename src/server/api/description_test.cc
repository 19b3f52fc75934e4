// The API's description must allow exactly the settings that the code accepts.
#include "server/api/description.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "imgmill/format.h"
#include "schema/json_fields.h"
#include "schema/json_settings.h"
#include "server/http/api_error.h"

namespace imgmill::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAreArray;
using Words = std::vector<std::string>;

const Json& document() {
  static const Json json = Json::parse(api_description());
  return json;
}
const Json& schema(const std::string& name) {
  return document().at("components").at("schemas").at(name);
}
const Json& resolved(const Json& part) {
  if (!part.contains("$ref")) return part;
  const std::string path = part["$ref"];
  return document().at(Json::json_pointer(path.substr(1)));
}
Words fields_of(const Json& object) {
  Words names;
  for (const auto& [name, field] : object.at("properties").items()) names.push_back(name);
  return names;
}

Result<ImageSettings> read(const Json& settings) { return settings_at({settings, ""}, {}); }

/// Returns the words that the code accepts, taken from its advice about a wrong one.
Words offered(const Json& settings, std::string_view before) {
  const auto refused = read(settings);
  EXPECT_FALSE(refused) << settings;
  if (refused) return {};
  const std::string& advice = refused.error().advice();
  EXPECT_THAT(advice, StartsWith(std::string(before)));
  Words words;
  std::string word;
  for (const char c : advice.substr(std::min(before.size(), advice.size())) + ",") {
    const bool part = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
    if (part) word += c;
    if (!part && !word.empty()) words.push_back(std::exchange(word, {}));
  }
  return words;
}
Words known_fields(const Json& settings) { return offered(settings, "the fields here are: "); }
Words known_words(const Json& settings) { return offered(settings, "write one of: "); }

constexpr const char* nonsense = "#########";

TEST(ApiDescription, SettingsHaveTheFieldsThatAreRead) {
  EXPECT_THAT(fields_of(schema("Settings")),
              UnorderedElementsAreArray(known_fields({{nonsense, 1}})));
  EXPECT_THAT(fields_of(schema("Resize")),
              UnorderedElementsAreArray(known_fields({{"resize", {{nonsense, 1}}}})));
  EXPECT_THAT(fields_of(schema("QualityByFormat")),
              UnorderedElementsAreArray(known_fields({{"quality", {{nonsense, 1}}}})));
  for (const char* name : {"Settings", "Resize", "QualityByFormat"}) {
    EXPECT_EQ(schema(name).at("additionalProperties"), false) << name;
  }
}

TEST(ApiDescription, SettingsHaveTheWordsThatAreRead) {
  const Json& settings = schema("Settings").at("properties");
  const auto words = [](const Json& part) { return resolved(part).at("enum").get<Words>(); };
  EXPECT_THAT(words(settings["outputFormat"]),
              UnorderedElementsAreArray(known_words({{"outputFormat", nonsense}})));
  EXPECT_THAT(words(settings["effort"]),
              UnorderedElementsAreArray(known_words({{"effort", nonsense}})));
  EXPECT_THAT(words(settings["animation"]),
              UnorderedElementsAreArray(known_words({{"animation", nonsense}})));
  EXPECT_THAT(words(settings["target"]["oneOf"][1]),
              UnorderedElementsAreArray(known_words({{"target", nonsense}})));
  EXPECT_THAT(words(settings["keep"]["oneOf"][0]),
              UnorderedElementsAreArray(known_words({{"keep", nonsense}})));
  EXPECT_THAT(words(settings["keep"]["oneOf"][1]["items"]),
              UnorderedElementsAreArray(known_words({{"keep", {nonsense}}})));
  EXPECT_THAT(
      words(settings["allow"]["items"]),
      UnorderedElementsAreArray(known_words({{"outputFormat", "auto"}, {"allow", {nonsense}}})));
  EXPECT_THAT(words(schema("Resize")["properties"]["mode"]),
              UnorderedElementsAreArray(known_words({{"resize", {{"mode", nonsense}}}})));
  EXPECT_THAT(words(schema("Resize")["properties"]["filter"]),
              UnorderedElementsAreArray(known_words({{"resize", {{"filter", nonsense}}}})));
  EXPECT_THAT(words(schema("Resize")["properties"]["light"]),
              UnorderedElementsAreArray(known_words({{"resize", {{"light", nonsense}}}})));
}

/// Returns one value of each kind that a part of the schema allows, and its bounds.
std::vector<Json> examples(const Json& part) {
  const Json& what = resolved(part);
  std::vector<Json> values;
  if (what.contains("oneOf")) {
    for (const Json& one : what["oneOf"]) {
      for (Json& value : examples(one)) values.push_back(std::move(value));
    }
    return values;
  }
  if (what.contains("enum")) return what["enum"].get<std::vector<Json>>();
  const std::string type = what.at("type");
  if (type == "boolean") return {true, false};
  if (type == "number") return {80, 72.5};
  if (type == "string") return {"#0a1B2c"};
  if (type == "array") {
    for (Json& item : examples(what.at("items"))) values.push_back(Json::array({std::move(item)}));
    return values;
  }
  if (type == "integer") return {what.value("minimum", Json(1)), what.value("maximum", Json(2))};
  for (const auto& [name, field] : what.at("properties").items()) {
    for (Json& value : examples(field)) {
      Json object = {{name, std::move(value)}};
      // Some modes need further fields, and numbers need a mode.
      if (what == schema("Resize") && name != "mode") object["mode"] = "none";
      for (const Json& needed : what.value("required", Json::array())) {
        const std::string other = needed;
        if (other != name) object[other] = examples(what.at("properties").at(other)).front();
      }
      // Areas lie within the picture.
      if (what == schema("CropArea"))
        object.update({{"left", 1}, {"top", 2}, {"width", 30}, {"height", 40}});
      if (what == schema("Resize") && name == "fit") {
        object.update({{"mode", "fit"}, {"width", 5}, {"height", 6}});
      }
      if (name == "mode")
        object.update({{"width", 5}, {"height", 6}, {"size", 7}, {"percent", 50}});
      values.push_back(std::move(object));
    }
  }
  return values;
}

TEST(ApiDescription, SettingsAsDescribedAreTaken) {
  int taken = 0;
  for (const auto& [name, field] : schema("Settings").at("properties").items()) {
    for (const Json& value : examples(field)) {
      Json settings = {{name, value}};
      if (name == "spareLossless") settings["target"] = 80;
      if (name == "allow") settings["outputFormat"] = "auto";
      const auto read_back = read(settings);
      // "none" takes no numbers, and some settings need a lossy format.
      if (!read_back) {
        ADD_FAILURE() << settings << ": " << read_back.error().message();
        continue;
      }
      ++taken;
    }
  }
  EXPECT_GT(taken, 60);
}

TEST(ApiDescription, FormatsAndErrorCodesAreThoseThereAre) {
  Words all;
  Words written;
  for (const FormatInfo& row : formats()) {
    all.emplace_back(row.name);
    if (row.writable) written.emplace_back(row.name);
  }
  EXPECT_THAT(schema("Format").at("enum").get<Words>(), UnorderedElementsAreArray(all));
  EXPECT_THAT(schema("WritableFormat").at("enum").get<Words>(), UnorderedElementsAreArray(written));
  Words codes;
  for (int i = 0; i <= static_cast<int>(ApiError::disk_full); ++i) {
    codes.emplace_back(name_of(static_cast<ApiError>(i)));
  }
  EXPECT_THAT(schema("ErrorCode").at("enum").get<Words>(), UnorderedElementsAreArray(codes));
}

TEST(ApiDescription, EveryReferenceLeadsSomewhere) {
  int references = 0;
  const std::function<void(const Json&)> walk = [&](const Json& part) {
    if (part.is_object() && part.contains("$ref")) {
      ++references;
      EXPECT_NO_THROW(static_cast<void>(resolved(part))) << part;
    }
    if (part.is_structured()) {
      for (const Json& child : part) walk(child);
    }
  };
  walk(document());
  EXPECT_GT(references, 100);
}

}  // namespace
}  // namespace imgmill::server
