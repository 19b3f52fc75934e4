#include "schema/json_settings.h"

#include <fmt/core.h>

#include <charconv>
#include <vector>

#include "base/setting_words.h"
#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

constexpr std::string_view chosen_format = "auto";
constexpr std::int64_t most_bytes = std::int64_t{1} << 53;  // exact in every JSON reader

constexpr std::string_view global_quality = "global";

Result<void> read_quality(const JsonPlace& at, Quality& quality) {
  if (at.value.is_number()) {
    IMGMILL_TRY(const std::int64_t global, integer_at(at, 1, 100));
    quality.global = static_cast<int>(global);
    return {};
  }
  std::vector<std::string_view> known{global_quality};
  for (const FormatInfo& row : formats()) {
    if (row.writable && row.lossy) known.push_back(row.name);
  }
  IMGMILL_CHECK(check_fields(at, known));
  const auto read = [&at](std::string_view name, std::optional<int>& number) -> Result<void> {
    if (const auto field = at.find(std::string(name))) {
      IMGMILL_TRY(const std::int64_t value, integer_at(*field, 1, 100));
      number = static_cast<int>(value);
    }
    return {};
  };
  IMGMILL_CHECK(read(global_quality, quality.global));
  for (const FormatInfo& row : formats()) {
    if (!row.writable || !row.lossy) continue;
    IMGMILL_CHECK(read(row.name, quality.own(row.format)));
  }
  return {};
}

Result<void> read_resize(const JsonPlace& at, Resize& resize) {
  IMGMILL_CHECK(check_fields(at, {"width", "height", "maintainAspect", "mode", "size", "percent",
                                  "enlarge", "fit", "filter", "light", "sharpen"}));
  resize = {};
  struct Side {
    const char* name;
    std::uint32_t Resize::*member;
  };
  for (const Side& side : {Side{"width", &Resize::width}, Side{"height", &Resize::height},
                           Side{"size", &Resize::size}}) {
    if (const auto field = at.find(side.name)) {
      // The desktop program sends 0 for an unused side.
      IMGMILL_TRY(const std::int64_t value, integer_at(*field, 0, 65535));
      resize.*side.member = static_cast<std::uint32_t>(value);
    }
  }
  if (const auto mode = at.find("mode")) {
    IMGMILL_TRY(resize.mode, choice_at(*mode, resize_modes));
  } else if (resize.width > 0 || resize.height > 0 || resize.size > 0) {
    return json_error(at, "has no \"mode\"",
                      "write \"mode\": none, width, height, longest, shortest, fit or percent");
  }
  if (const auto percent = at.find("percent")) {
    IMGMILL_TRY(resize.percent, number_at(*percent));
  }
  if (const auto enlarge = at.find("enlarge")) {
    IMGMILL_TRY(const bool allow, flag_at(*enlarge));
    resize.enlarge = allow ? Enlarge::allow : Enlarge::never;
  }
  if (const auto maintain = at.find("maintainAspect")) {
    IMGMILL_TRY(const bool keep, flag_at(*maintain));
    // Other modes name one side only.
    if (!keep && resize.mode == ResizeMode::fit) resize.fit = Fit::fill;
  }
  if (const auto fit = at.find("fit")) {
    IMGMILL_TRY(resize.fit, choice_at(*fit, fits));
  }
  if (const auto filter = at.find("filter")) {
    IMGMILL_TRY(resize.filter, choice_at(*filter, resize_filters));
  }
  if (const auto light = at.find("light")) {
    IMGMILL_TRY(resize.light, choice_at(*light, resize_lights));
  }
  if (const auto sharpen = at.find("sharpen")) {
    IMGMILL_TRY(const std::int64_t percent, integer_at(*sharpen, 0, 100));
    resize.sharpen = static_cast<int>(percent);
  }
  return {};
}

Result<double> required_number_at(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace place, required_at(at, field));
  return number_at(place);
}

Result<CropArea> area_at(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"left", "top", "width", "height", "unit"}));
  CropArea area;
  IMGMILL_TRY(area.left, required_number_at(at, "left"));
  IMGMILL_TRY(area.top, required_number_at(at, "top"));
  IMGMILL_TRY(area.width, required_number_at(at, "width"));
  IMGMILL_TRY(area.height, required_number_at(at, "height"));
  if (const auto unit = at.find("unit")) {
    IMGMILL_TRY(area.unit, choice_at(*unit, area_units));
  }
  return area;
}

Result<AspectRatio> aspect_at(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"width", "height"}));
  AspectRatio aspect;
  IMGMILL_TRY(aspect.width, required_number_at(at, "width"));
  IMGMILL_TRY(aspect.height, required_number_at(at, "height"));
  return aspect;
}

Result<Position> position_at(const JsonPlace& at) {
  Position position;
  if (at.value.is_string()) {
    IMGMILL_TRY(position.by, choice_at(at, smart_positions));
    return position;
  }
  IMGMILL_CHECK(check_fields(at, {"x", "y"}));
  IMGMILL_TRY(position.x, required_number_at(at, "x"));
  IMGMILL_TRY(position.y, required_number_at(at, "y"));
  return position;
}

Result<void> read_crop(const JsonPlace& at, Crop& crop) {
  IMGMILL_CHECK(check_fields(at, {"trim", "area", "aspect", "position"}));
  crop = {};
  if (const auto trim = at.find("trim")) {
    IMGMILL_TRY(const std::int64_t threshold, integer_at(*trim, 0, 254));
    crop.trim = static_cast<int>(threshold);
  }
  if (const auto area = at.find("area")) {
    IMGMILL_TRY(crop.area, area_at(*area));
  }
  if (const auto aspect = at.find("aspect")) {
    IMGMILL_TRY(crop.aspect, aspect_at(*aspect));
  }
  if (const auto position = at.find("position")) {
    IMGMILL_TRY(crop.position, position_at(*position));
  }
  return {};
}

Json json_of(const Crop& crop) {
  Json json = Json::object();
  if (crop.trim) json["trim"] = *crop.trim;
  if (const auto& area = crop.area) {
    json["area"] = {{"left", area->left},
                    {"top", area->top},
                    {"width", area->width},
                    {"height", area->height},
                    {"unit", word_for(area->unit, area_units)}};
  }
  if (crop.aspect)
    json["aspect"] = {{"width", crop.aspect->width}, {"height", crop.aspect->height}};
  if (crop.position.by != Position::By::point) {
    json["position"] = word_for(crop.position.by, smart_positions);
  } else if (crop.position != Position{}) {
    json["position"] = {{"x", crop.position.x}, {"y", crop.position.y}};
  }
  return json;
}

Result<void> read_format(const JsonPlace& at, ImageSettings& settings) {
  std::vector<std::string_view> words = {"original", chosen_format};
  for (const FormatInfo& row : formats()) {
    if (row.writable) words.push_back(row.name);
  }
  IMGMILL_TRY(const std::string text, text_at(at));
  // "jpg" is accepted for "jpeg".
  if (const std::optional<Format> named = format_named(text)) {
    settings.output_format = named;
    settings.choose_format = false;
    return {};
  }
  IMGMILL_CHECK(word_at(at, words));
  settings.output_format.reset();
  settings.choose_format = text == chosen_format;
  return {};
}

Result<double> target_score_at(const JsonPlace& at) {
  if (at.value.is_number()) return number_at(at);
  return choice_at(at, target_words);
}

Result<void> read_allowed(const JsonPlace& at, FormatSet& allowed) {
  if (!at.value.is_array()) {
    return json_error(at, "must be an array", "write for example [\"jpeg\", \"webp\"]");
  }
  std::vector<std::string_view> words;
  for (const FormatInfo& row : formats()) {
    if (row.writable) words.push_back(row.name);
  }
  allowed = {};
  for (std::size_t i = 0; i < at.value.size(); ++i) {
    const JsonPlace item{at.value[i], fmt::format("{}[{}]", at.path, i)};
    IMGMILL_TRY(const std::string text, text_at(item));
    const std::optional<Format> named = format_named(text);
    if (!named) {
      IMGMILL_CHECK(word_at(item, words));
      continue;
    }
    allowed.insert(*named);
  }
  return {};
}

Result<void> read_keep(const JsonPlace& at, Keep& keep) {
  if (at.value.is_string()) {
    constexpr std::array<Word<bool>, 2> both = {{{"all", true}, {"none", false}}};
    IMGMILL_TRY(const bool all, choice_at(at, both));
    keep = all ? Keep::all() : Keep::none();
    return {};
  }
  if (!at.value.is_array()) {
    return json_error(at, "must be \"all\", \"none\" or an array",
                      "write for example [\"icc\", \"copyright\"]");
  }
  keep = Keep::none();
  for (std::size_t i = 0; i < at.value.size(); ++i) {
    IMGMILL_TRY(bool Keep::*const member,
                choice_at({at.value[i], fmt::format("{}[{}]", at.path, i)}, keep_words));
    keep.*member = true;
  }
  return {};
}

}  // namespace

Result<Colour> colour_at(const JsonPlace& at) {
  IMGMILL_TRY(const std::string text, text_at(at));
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  if (text.size() != 7 || text[0] != '#' ||
      std::from_chars(text.data() + 1, end, value, 16).ptr != end) {
    return json_error(at, fmt::format("is \"{}\"", printable(text)),
                      "write a colour as \"#rrggbb\", for example \"#ffffff\"");
  }
  return Colour{static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
                static_cast<std::uint8_t>(value)};
}

std::string hex_of(Colour colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

Result<ImageSettings> settings_at(const JsonPlace& at, const ImageSettings& defaults) {
  IMGMILL_CHECK(check_fields(at, {"quality", "resize", "outputFormat", "lossless", "effort", "keep",
                                  "toSrgb", "background", "animation", "target", "spareLossless",
                                  "maxBytes", "measure", "allow", "cleanAlpha", "crop"}));
  ImageSettings settings = defaults;
  if (const auto field = at.find("quality")) {
    IMGMILL_CHECK(read_quality(*field, settings.quality));
    if (!at.find("target")) settings.target.reset();  // a quality overrides the defaults' target
  }
  if (const auto field = at.find("target")) {
    if (!at.find("quality")) settings.quality = {};
    IMGMILL_TRY(const double score, target_score_at(*field));
    settings.target = Target{.score = score};
  }
  if (const auto field = at.find("spareLossless")) {
    IMGMILL_TRY(const bool spare, flag_at(*field));
    if (!settings.target) {
      return json_error(*field, "needs a target", "write \"target\" beside it");
    }
    settings.target->spare_lossless = spare;
  }
  if (const auto field = at.find("maxBytes")) {
    IMGMILL_TRY(const std::int64_t most, integer_at(*field, 1, most_bytes));
    settings.max_bytes = static_cast<std::uint64_t>(most);
    if (!at.find("target")) settings.target.reset();  // alone: the best quality that fits
  }
  if (const auto field = at.find("measure")) {
    IMGMILL_TRY(settings.measure, flag_at(*field));
  }
  if (const auto field = at.find("allow")) {
    IMGMILL_CHECK(read_allowed(*field, settings.allowed));
  }
  if (const auto field = at.find("crop")) {
    IMGMILL_CHECK(read_crop(*field, settings.crop));
  }
  if (const auto field = at.find("resize")) {
    IMGMILL_CHECK(read_resize(*field, settings.resize));
  }
  if (const auto field = at.find("outputFormat")) {
    IMGMILL_CHECK(read_format(*field, settings));
  }
  if (const auto field = at.find("lossless")) {
    IMGMILL_TRY(const bool lossless, flag_at(*field));
    settings.compression = lossless ? Compression::lossless : Compression::lossy;
    if (lossless && !at.find("target")) settings.target.reset();
  } else if (at.find("quality") || at.find("target")) {
    settings.compression = Compression::lossy;  // either overrides defaults without loss
  }
  if (const auto field = at.find("effort")) {
    IMGMILL_TRY(settings.effort, choice_at(*field, efforts));
  }
  if (const auto field = at.find("keep")) {
    IMGMILL_CHECK(read_keep(*field, settings.keep));
  }
  if (const auto field = at.find("toSrgb")) {
    IMGMILL_TRY(const bool convert, flag_at(*field));
    settings.colour = convert ? ColourPolicy::to_srgb : ColourPolicy::keep_profile;
  }
  if (const auto field = at.find("background")) {
    IMGMILL_TRY(settings.background, colour_at(*field));
  }
  if (const auto field = at.find("cleanAlpha")) {
    IMGMILL_TRY(settings.clean_alpha, flag_at(*field));
  }
  if (const auto field = at.find("animation")) {
    IMGMILL_TRY(settings.animation, choice_at(*field, animations));
  }
  if (const Result<void> valid = validate(settings); !valid) {
    const std::string place = at.path.empty() ? "" : at.path + ": ";
    return fail(ErrorCode::usage, place + valid.error().message(), valid.error().advice());
  }
  return settings;
}

Json json_of(const ImageSettings& settings) {
  Json quality = Json::object();
  if (settings.quality.global) quality[std::string(global_quality)] = *settings.quality.global;
  for (const FormatInfo& row : formats()) {
    if (!row.writable || !row.lossy) continue;
    if (const auto& number = settings.quality.own(row.format)) {
      quality[std::string(row.name)] = *number;
    }
  }
  const Resize& size = settings.resize;
  Json resize = {{"mode", word_for(size.mode, resize_modes)}};
  if (size.width > 0) resize["width"] = size.width;
  if (size.height > 0) resize["height"] = size.height;
  if (size.size > 0) resize["size"] = size.size;
  if (size.mode == ResizeMode::percent) resize["percent"] = size.percent;
  resize["maintainAspect"] = size.fit != Fit::fill;
  resize["enlarge"] = size.enlarge == Enlarge::allow;
  const Resize usual;
  if (size.fit != usual.fit && size.fit != Fit::fill) resize["fit"] = word_for(size.fit, fits);
  if (size.filter != usual.filter) resize["filter"] = word_for(size.filter, resize_filters);
  if (size.light != usual.light) resize["light"] = word_for(size.light, resize_lights);
  if (size.sharpen != usual.sharpen) resize["sharpen"] = size.sharpen;
  Json keep = Json::array();
  for (const auto& [word, member] : keep_words) {
    if (settings.keep.*member) keep.push_back(word);
  }
  const auto& format = settings.output_format;
  Json json = Json::object();
  json["quality"] = std::move(quality);
  if (settings.crop != Crop{}) json["crop"] = json_of(settings.crop);
  json["resize"] = std::move(resize);
  json["outputFormat"] = settings.choose_format ? chosen_format
                         : format               ? info(*format).name
                                                : std::string_view("original");
  if (settings.choose_format) {
    Json allowed = Json::array();
    for (const FormatInfo& row : formats()) {
      if (settings.allowed.contains(row.format)) allowed.push_back(row.name);
    }
    json["allow"] = std::move(allowed);
  }
  if (settings.target) {
    json["target"] = settings.target->score;
    if (settings.target->spare_lossless) json["spareLossless"] = true;
  }
  if (settings.max_bytes) json["maxBytes"] = *settings.max_bytes;
  if (settings.measure) json["measure"] = true;
  json["lossless"] = settings.compression == Compression::lossless;
  json["effort"] = word_for(settings.effort, efforts);
  json["keep"] = std::move(keep);
  json["toSrgb"] = settings.colour == ColourPolicy::to_srgb;
  json["background"] = hex_of(settings.background);
  if (settings.clean_alpha) json["cleanAlpha"] = true;
  json["animation"] = word_for(settings.animation, animations);
  return json;
}

}  // namespace imgmill
