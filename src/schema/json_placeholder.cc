#include "schema/json_placeholder.h"

#include <array>

#include "base/try.h"
#include "schema/json_settings.h"

namespace imgmill {
namespace {

constexpr std::int64_t longest_side = std::int64_t{1} << 31;
constexpr std::size_t longest_hash = 64;
constexpr std::size_t most_colours = 16;

/// Printable ASCII without what would have to be escaped in HTML or JSON.
Result<std::string> plain_text_at(const JsonPlace& at, const char* field, std::size_t longest) {
  IMGMILL_TRY(const JsonPlace place, required_at(at, field));
  IMGMILL_TRY(std::string text, text_at(place));
  const auto harmless = [](char c) { return c > ' ' && c < 127 && c != '"' && c != '\\'; };
  if (text.size() > longest || !std::ranges::all_of(text, harmless)) {
    return json_error(place, "is not a short plain text", "");
  }
  return text;
}

Result<std::uint32_t> side_at(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace place, required_at(at, field));
  IMGMILL_TRY(const std::int64_t side, integer_at(place, 1, longest_side));
  return static_cast<std::uint32_t>(side);
}

}  // namespace

Json json_of(const Placeholder& placeholder) {
  Json json;
  json["width"] = placeholder.width;
  json["height"] = placeholder.height;
  json["thumbhash"] = placeholder.thumb_hash;
  json["blurhash"] = placeholder.blur_hash;
  json["dominant"] = placeholder.dominant ? Json(hex_of(*placeholder.dominant)) : Json();
  json["palette"] = Json::array();
  for (const PaletteEntry& entry : placeholder.palette) {
    json["palette"].push_back({{"colour", hex_of(entry.colour)}, {"share", entry.share}});
  }
  json["data_uri"] = placeholder.data_uri;
  return json;
}

Result<Placeholder> placeholder_at(const JsonPlace& at) {
  Placeholder out;
  IMGMILL_TRY(out.width, side_at(at, "width"));
  IMGMILL_TRY(out.height, side_at(at, "height"));
  IMGMILL_TRY(out.thumb_hash, plain_text_at(at, "thumbhash", longest_hash));
  IMGMILL_TRY(out.blur_hash, plain_text_at(at, "blurhash", longest_hash));
  IMGMILL_TRY(out.data_uri, plain_text_at(at, "data_uri", Placeholder::longest_data_uri));
  if (const std::optional<JsonPlace> dominant = at.find("dominant")) {
    IMGMILL_TRY(out.dominant, colour_at(*dominant));
  }
  IMGMILL_TRY(const JsonPlace palette, required_at(at, "palette"));
  if (!palette.value.is_array() || palette.value.size() > most_colours) {
    return json_error(palette, "is not a short list", "");
  }
  for (const Json& item : palette.value) {
    const JsonPlace place{item, palette.path};
    PaletteEntry entry;
    IMGMILL_TRY(const JsonPlace colour, required_at(place, "colour"));
    IMGMILL_TRY(entry.colour, colour_at(colour));
    IMGMILL_TRY(const JsonPlace share, required_at(place, "share"));
    IMGMILL_TRY(entry.share, number_at(share));
    out.palette.push_back(entry);
  }
  return out;
}

}  // namespace imgmill
