#include "sets/set_entry.h"

#include <cmath>

#include "schema/json_fields.h"
#include "schema/json_settings.h"

namespace imgmill {
namespace {

/// Two decimals, rounded down: a score that is said to be reached is.
double rounded(double score) { return std::floor(score * 100) / 100; }

Json json_of(const Variant& variant) {
  const FormatInfo& row = info(variant.format);
  Json json;
  json["path"] = variant.path;
  json["format"] = row.name;
  json["type"] = row.mime_type;
  json["width"] = variant.width;
  json["height"] = variant.height;
  json["bytes"] = variant.bytes;
  json["score"] = variant.score ? Json(rounded(*variant.score)) : Json();
  return json;
}

}  // namespace

std::string to_json(const SetEntry& entry) {
  Json json;
  json["source"] = entry.source;
  json["width"] = entry.width;
  json["height"] = entry.height;
  json["dominant"] = entry.dominant ? Json(hex_of(*entry.dominant)) : Json();
  json["thumbhash"] = entry.thumb_hash;
  json["placeholder"] = entry.data_uri;
  json["variants"] = Json::array();
  for (const Variant& variant : entry.variants) json["variants"].push_back(json_of(variant));
  if (!entry.html.empty()) json["html"] = entry.html;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string manifest_of(const std::map<std::string, std::string>& entries) {
  std::string text = "{\"version\":1,\"images\":[";
  bool first = true;
  for (const auto& [source, json] : entries) {
    text += first ? "\n" : ",\n";
    text += json;
    first = false;
  }
  return text + "\n]}\n";
}

}  // namespace imgmill
