#include "schema/json_comparison.h"

#include <array>

#include "base/try.h"

namespace imgmill {
namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 31;
constexpr std::size_t most_notes = 10;

template <std::size_t N>
Result<std::array<std::uint32_t, N>> numbers_at(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace list, required_at(at, field));
  if (!list.value.is_array() || list.value.size() != N) {
    return json_error(list, "is not a list of the right length", "");
  }
  std::array<std::uint32_t, N> numbers{};
  for (std::size_t i = 0; i < N; ++i) {
    IMGMILL_TRY(const std::int64_t number, integer_at({list.value[i], list.path}, 0, most_pixels));
    numbers[i] = static_cast<std::uint32_t>(number);
  }
  return numbers;
}

Result<double> score_at(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace score, required_at(at, field));
  return number_at(score);
}

Json side(std::string_view path, const ComparedImage& image) {
  return {{"path", path}, {"format", info(image.format).name}, {"size", image.bytes}};
}

}  // namespace

Json json_of(const Comparison& comparison) {
  const WorstTile& worst = comparison.worst;
  Json json;
  json["score"] = comparison.score;
  if (comparison.in_context) json["in_context"] = *comparison.in_context;
  json["worst"] = {worst.left, worst.top, worst.width, worst.height};
  json["worst_score"] = worst.score;
  json["frame"] = comparison.frame;
  json["extent"] = {comparison.width, comparison.height, comparison.frames};
  json["formats"] = {info(comparison.original.format).name, info(comparison.other.format).name};
  json["notes"] = comparison.notes;
  return json;
}

Result<Comparison> comparison_at(const JsonPlace& at) {
  Comparison result;
  IMGMILL_TRY(result.score, score_at(at, "score"));
  if (const std::optional<JsonPlace> place = at.find("in_context")) {
    IMGMILL_TRY(result.in_context, number_at(*place));
  }
  IMGMILL_TRY(const auto worst, numbers_at<4>(at, "worst"));
  IMGMILL_TRY(const double worst_score, score_at(at, "worst_score"));
  result.worst = {worst[0], worst[1], worst[2], worst[3], worst_score};
  IMGMILL_TRY(const JsonPlace frame, required_at(at, "frame"));
  IMGMILL_TRY(const std::int64_t which, integer_at(frame, 0, most_pixels));
  result.frame = static_cast<std::uint32_t>(which);
  IMGMILL_TRY(const auto extent, numbers_at<3>(at, "extent"));
  result.width = extent[0];
  result.height = extent[1];
  result.frames = extent[2];
  IMGMILL_TRY(const JsonPlace known, required_at(at, "formats"));
  if (!known.value.is_array() || known.value.size() != 2) {
    return json_error(known, "is not a pair", "");
  }
  const std::array<Format*, 2> targets = {&result.original.format, &result.other.format};
  for (std::size_t i = 0; i < targets.size(); ++i) {
    IMGMILL_TRY(const std::string name, text_at({known.value[i], known.path}));
    const std::optional<Format> format = format_named(name);
    if (!format) return json_error(known, "is not a pair of formats", "");
    *targets[i] = *format;
  }
  IMGMILL_TRY(const JsonPlace notes, required_at(at, "notes"));
  if (!notes.value.is_array() || notes.value.size() > most_notes) {
    return json_error(notes, "is not a short list", "");
  }
  for (const Json& note : notes.value) {
    IMGMILL_TRY(std::string text, text_at({note, notes.path}));
    result.notes.push_back(std::move(text));
  }
  result.verdict = verdict_of(result.judged());
  return result;
}

double percent_saved(const Comparison& comparison) {
  if (comparison.original.bytes == 0) return 0;
  return 100.0 * (1.0 - static_cast<double>(comparison.other.bytes) /
                            static_cast<double>(comparison.original.bytes));
}

Json comparison_report(const Comparison& comparison, std::string_view original,
                       std::string_view other, Json map) {
  const WorstTile& worst = comparison.worst;
  Json json;
  json["original"] = side(original, comparison.original);
  json["other"] = side(other, comparison.other);
  json["score"] = comparison.score;
  if (comparison.in_context) json["in_context"] = *comparison.in_context;
  json["verdict"] = comparison.verdict;
  json["worst"] = {{"left", worst.left},
                   {"top", worst.top},
                   {"width", worst.width},
                   {"height", worst.height},
                   {"score", worst.score}};
  json["width"] = comparison.width;
  json["height"] = comparison.height;
  json["frames"] = comparison.frames;
  json["frame"] = comparison.frame;
  json["percent_saved"] = percent_saved(comparison);
  json["notes"] = comparison.notes;
  json["map"] = std::move(map);
  return json;
}

}  // namespace imgmill
