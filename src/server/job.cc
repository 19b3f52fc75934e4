#include "server/job.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "base/try.h"
#include "batch/json.h"
#include "schema/json_outcome.h"
#include "schema/json_settings.h"

namespace imgmill::server {
namespace {

constexpr std::array<std::string_view, 5> job_names = {"receiving", "running", "done", "cancelled",
                                                       "interrupted"};
constexpr std::array<std::string_view, image_states> image_names = {
    "waiting", "working", "done", "kept", "failed", "cancelled"};

bool has_outcome(ImageState state) {
  return state != ImageState::waiting && state != ImageState::working;
}

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

std::string_view name_of(JobState state) { return job_names[static_cast<std::size_t>(state)]; }
std::string_view name_of(ImageState state) { return image_names[static_cast<std::size_t>(state)]; }

void Tally::add(const ImageRow& row) {
  ++count[static_cast<std::size_t>(row.state)];
  bytes_known += row.original_size;
  if (has_outcome(row.state)) bytes_finished += row.original_size;
  if (row.state != ImageState::done && row.state != ImageState::kept) return;
  bytes_before += row.original_size;
  bytes_after += row.optimized_size;
  // What lost nothing says nothing about the others.
  if (!row.score || *row.score >= 100) return;
  lowest_score = scored == 0 ? *row.score : std::min(lowest_score, *row.score);
  score_sum += *row.score;
  ++scored;
}

std::uint64_t Tally::images() const {
  return std::accumulate(count.begin(), count.end(), std::uint64_t{0});
}

ImageSettings default_settings() {
  ImageSettings settings;
  settings.target = Target{Target::high, true};
  return settings;
}

Result<ImageSettings> job_settings(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return fail(ErrorCode::usage, "the settings are not a JSON object",
                "send {} for the usual settings");
  }
  ImageSettings defaults;
  // Whoever says how good or how lossless has chosen another way than the usual one.
  const bool chosen = json.contains("target") || json.contains("quality") ||
                      json.contains("lossless") || json.contains("maxBytes");
  if (!chosen) defaults = default_settings();
  return settings_at({json, "settings"}, defaults);
}

std::string outcome_text(const OptimizationResult& result) {
  Json json;
  json["stage"] = name_of(result.stage);
  json["decision"] = name_of(result.decision);
  if (result.input_format) json["input_format"] = info(*result.input_format).name;
  if (result.format) json["format"] = info(*result.format).name;
  json["extent"] = {result.width, result.height, result.frames};
  json["elapsed_us"] = result.elapsed.count();
  json["judgement"] = json_of(result.judgement);
  if (result.private_left.any()) json["private_left"] = json_of(result.private_left);
  json["notes"] = result.notes;
  if (result.error) json["error"] = json_of(*result.error);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

OptimizationResult result_of(const ImageRow& row) {
  OptimizationResult result;
  result.index = row.index;
  result.original_path = row.name;
  result.optimized_path = row.output_name.empty() ? row.name : row.output_name;
  result.original_size = row.original_size;
  result.optimized_size = row.optimized_size;
  const Json json = Json::parse(row.outcome, nullptr, false);
  if (!json.is_object()) {
    result.error = Error(ErrorCode::cancelled, "it has not been worked on", "let the job finish");
    result.stage = Stage::plan;
    return result;
  }
  const JsonPlace at{json, "outcome"};
  // Written by this program; what cannot be read back is left as it is by default.
  const auto format = [&](const char* field) -> std::optional<Format> {
    const auto place = at.find(field);
    if (!place || !place->value.is_string()) return std::nullopt;
    return format_named(place->value.get<std::string>());
  };
  if (const auto stage = at.find("stage")) {
    result.stage = named_at(*stage, Stage::write).value_or(Stage::write);
  }
  if (const auto decision = at.find("decision")) {
    result.decision = named_at(*decision, Decision::planned).value_or(Decision::kept);
  }
  result.input_format = format("input_format");
  result.format = format("format");
  if (const auto extent = at.find("extent"); extent && extent->value.size() == 3) {
    result.width = extent->value[0].get<std::uint32_t>();
    result.height = extent->value[1].get<std::uint32_t>();
    result.frames = extent->value[2].get<std::uint32_t>();
  }
  result.elapsed = std::chrono::microseconds(json.value("elapsed_us", std::int64_t{0}));
  if (const auto judgement = at.find("judgement")) {
    result.judgement = judgement_at(*judgement).value_or(Judgement{});
  }
  if (const auto left = at.find("private_left")) {
    result.private_left = private_data_at(*left).value_or(PrivateData{});
  }
  if (const auto notes = at.find("notes")) {
    result.notes = notes->value.get<std::vector<std::string>>();
  }
  if (const auto error = at.find("error")) {
    Result<Error> told = error_at(*error);
    result.error = told ? *std::move(told) : Error(ErrorCode::internal, "the reason was lost");
  }
  return result;
}

Json image_json(const ImageRow& row) {
  Json json;
  json["index"] = row.index;
  json["name"] = is_utf8(row.name) ? row.name : printable(row.name);
  json["state"] = name_of(row.state);
  json["sequence"] = row.sequence;
  json["original_size"] = row.original_size;
  const bool has_output = row.optimized_size > 0;
  json["optimized_size"] = has_output ? Json(row.optimized_size) : Json(nullptr);
  const bool known = !row.outcome.empty();
  const OptimizationResult result = known ? result_of(row) : OptimizationResult{};
  const auto format_name = [](const std::optional<Format>& format) {
    return format ? Json(info(*format).name) : Json(nullptr);
  };
  json["input_format"] = format_name(result.input_format);
  json["format"] = has_output ? format_name(result.format) : Json(nullptr);
  json["output_name"] = has_output ? Json(printable(row.output_name)) : Json(nullptr);
  json["width"] = result.width > 0 ? Json(result.width) : Json(nullptr);
  json["height"] = result.height > 0 ? Json(result.height) : Json(nullptr);
  json["frames"] = result.frames > 0 ? Json(result.frames) : Json(nullptr);
  json["score"] = or_null(row.score);
  json["target"] = or_null(result.judgement.target);
  json["quality"] = result.judgement.quality > 0 ? Json(result.judgement.quality) : Json(nullptr);
  json["decision"] = has_output ? Json(imgmill::name_of(result.decision)) : Json(nullptr);
  json["elapsed_ms"] =
      known ? Json(static_cast<double>(result.elapsed.count()) / 1000) : Json(nullptr);
  json["error"] = nullptr;
  if (known && result.error) {
    json["error"] = {{"code", imgmill::name_of(result.error->code())},
                     {"stage", imgmill::name_of(result.stage)},
                     {"message", result.error->message()},
                     {"advice", result.error->advice()}};
  }
  json["notes"] = result.notes;
  json["settings"] =
      row.settings.empty() ? Json(nullptr) : Json::parse(row.settings, nullptr, false);
  return json;
}

}  // namespace imgmill::server
