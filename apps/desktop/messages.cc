#include "messages.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>

namespace imgmill::desktop {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t longest_message = 16 << 10;
constexpr std::size_t longest_text = 500;
constexpr std::size_t longest_path = 4096;

using Wrong = std::unexpected<std::string>;

/// Returns a text of at most `longest` bytes without control characters.
std::optional<std::string> text_at(const Json& json, const char* field, std::size_t longest) {
  const auto found = json.find(field);
  if (found == json.end() || !found->is_string()) return std::nullopt;
  std::string text = found->get<std::string>();
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (text.size() > longest || std::ranges::any_of(text, is_control)) return std::nullopt;
  return text;
}

bool has_only(const Json& json, std::initializer_list<std::string_view> fields) {
  return std::ranges::all_of(json.items(), [&](const auto& item) {
    return item.key() == "kind" || std::ranges::find(fields, item.key()) != fields.end();
  });
}

std::expected<PageMessage, std::string> choose_folder(const Json& json) {
  if (!has_only(json, {"title", "start"})) return Wrong("choose-folder: unknown field");
  const auto title = text_at(json, "title", longest_text);
  if (!title) return Wrong("choose-folder: no title");
  ChooseFolder message{*title, {}};
  if (!json.contains("start")) return message;
  const auto start = text_at(json, "start", longest_path);
  if (!start || !start->starts_with('/')) return Wrong("choose-folder: start is no path");
  message.start = *start;
  return message;
}

std::expected<PageMessage, std::string> save_as(const Json& json) {
  const auto name = text_at(json, "name", longest_text);
  if (!has_only(json, {"name"}) || !name || name->empty()) return Wrong("save-as: no name");
  std::string plain = *name;
  std::ranges::replace(plain, '/', '_');
  if (plain == "." || plain == "..") plain = "_";
  return SaveAs{plain};
}

std::expected<PageMessage, std::string> progress(const Json& json) {
  if (!has_only(json, {"part"}) || !json.contains("part")) return Wrong("progress: no part");
  const Json& part = json["part"];
  if (part.is_null()) return Progress{};
  if (!part.is_number()) return Wrong("progress: part is no number");
  const double value = part.get<double>();
  if (!(value >= 0 && value <= 1)) return Wrong("progress: part is not in 0 to 1");
  return Progress{value};
}

std::expected<PageMessage, std::string> ended(const Json& json) {
  const auto title = text_at(json, "title", longest_text);
  const auto body = text_at(json, "body", longest_text);
  if (!has_only(json, {"title", "body"}) || !title || !body)
    return Wrong("ended: no title or body");
  return Ended{*title, *body};
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::expected<PageMessage, std::string> parse_page_message(std::string_view text) {
  if (text.size() > longest_message) return Wrong("the message is too long");
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Wrong("the message is not a JSON object");
  const std::string kind = text_at(json, "kind", longest_text).value_or("");
  if (kind == "choose-folder") return choose_folder(json);
  if (kind == "save-as") return save_as(json);
  if (kind == "progress") return progress(json);
  if (kind == "ended") return ended(json);
  if (kind == "ready" && has_only(json, {})) return Ready{};
  return Wrong("the message is of no known kind");
}

std::string opened_event(const std::vector<fs::path>& paths) {
  Json places = Json::array();
  std::map<fs::path, std::size_t> of_folder;  // index of the entry that lists the files of a folder
  for (const fs::path& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      places.push_back({{"path", path.native()}});
      continue;
    }
    const auto [at, first] = of_folder.try_emplace(path.parent_path(), places.size());
    if (first) {
      places.push_back({{"path", path.parent_path().native()}, {"files", Json::array()}});
    }
    places[at->second]["files"].push_back(path.filename().native());
  }
  return text_of({{"kind", "opened"}, {"places", std::move(places)}});
}

std::string saved_event(const std::string& path) {
  return text_of({{"kind", "saved"}, {"path", path}});
}
std::string not_saved_event(const std::string& reason) {
  return text_of({{"kind", "not-saved"}, {"reason", reason}});
}
std::string refused_event(const std::string& reason) {
  return text_of({{"kind", "refused"}, {"reason", reason}});
}
std::string chosen_folder_answer(const std::optional<std::string>& path) {
  return text_of({{"path", path ? Json(*path) : Json(nullptr)}});
}
std::string chosen_place_answer(bool chosen) { return text_of({{"chosen", chosen}}); }

std::optional<Address> parse_address(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto url = text_at(json, "url", longest_text);
  const auto port = json.find("port");
  if (!url || port == json.end() || !port->is_number_unsigned()) return std::nullopt;
  const std::string origin = "http://127.0.0.1:" + std::to_string(port->get<std::uint64_t>());
  if (!url->starts_with(origin + "/#token=")) return std::nullopt;
  return Address{*url, origin};
}

std::string allow_command(std::uint64_t id, const std::vector<std::string>& paths) {
  return text_of({{"id", id}, {"allow", paths}}) + "\n";
}

std::optional<AllowAnswer> parse_allow_answer(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto id = json.find("id");
  const auto allowed = json.find("allowed");
  const auto refused = json.find("refused");
  if (id == json.end() || !id->is_number_unsigned() || allowed == json.end() ||
      !allowed->is_array() || refused == json.end() || !refused->is_array()) {
    return std::nullopt;
  }
  AllowAnswer answer{id->get<std::uint64_t>(), {}, {}};
  for (const Json& path : *allowed) {
    if (!path.is_string()) return std::nullopt;
    answer.allowed.emplace_back(path.get<std::string>());
  }
  if (!refused->empty() && refused->front().is_object()) {
    const Json& first = refused->front();
    answer.refusal = first.value("message", std::string("it was refused"));
    const std::string advice = first.value("advice", std::string());
    if (!advice.empty()) answer.refusal += "; " + advice;
  }
  return answer;
}

bool is_of(std::string_view address, std::string_view origin) {
  if (origin.empty() || !address.starts_with(origin)) return false;
  const std::string_view rest = address.substr(origin.size());
  return rest.empty() || rest[0] == '/' || rest[0] == '#' || rest[0] == '?';
}

}  // namespace imgmill::desktop
