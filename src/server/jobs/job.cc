#include "server/jobs/job.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "base/try.h"
#include "batch/json.h"
#include "schema/json_outcome.h"
#include "schema/json_settings.h"

namespace imgmill::server {
namespace {

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// Parses stored settings; an empty object if they can no longer be read.
Json object_in(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? json : Json::object();
}

/// Lists the kinds, most frequent first.
Json left_out_json(const std::map<std::string, std::uint64_t>& left_out) {
  std::vector<std::pair<std::string, std::uint64_t>> kinds(left_out.begin(), left_out.end());
  std::ranges::stable_sort(kinds, std::greater(), &std::pair<std::string, std::uint64_t>::second);
  Json json = {{"kinds", Json::array()}};
  std::uint64_t files = 0;
  for (const auto& [kind, count] : kinds) {
    json["kinds"].push_back({{"kind", kind}, {"count", count}});
    files += count;
  }
  json["files"] = files;
  return json;
}

}  // namespace

void Tally::add(const ImageRow& row) {
  ++count[static_cast<std::size_t>(row.state)];
  bytes_known += row.original_size;
  if (has_outcome(row.state)) bytes_finished += row.original_size;
  if (row.state != ImageState::done && row.state != ImageState::kept) return;
  bytes_before += row.original_size;
  bytes_after += row.optimized_size;
  // Lossless results say nothing about the others.
  if (!row.score || *row.score >= 100) return;
  lowest_score = scored == 0 ? *row.score : std::min(lowest_score, *row.score);
  score_sum += *row.score;
  ++scored;
}

bool Tally::change(const ImageRow& before, const ImageRow& after) {
  Tally one;
  one.add(before);
  if (one.scored > 0) return false;
  for (std::size_t i = 0; i < image_states; ++i) count[i] -= one.count[i];
  bytes_before -= one.bytes_before;
  bytes_after -= one.bytes_after;
  bytes_known -= one.bytes_known;
  bytes_finished -= one.bytes_finished;
  add(after);
  return true;
}

std::uint64_t Tally::images() const {
  return std::accumulate(count.begin(), count.end(), std::uint64_t{0});
}

std::int64_t JobView::elapsed_ms() const {
  using namespace std::chrono;
  if (!at_work) return record.elapsed_ms;
  return record.elapsed_ms + duration_cast<milliseconds>(steady_clock::now() - *at_work).count();
}

std::optional<std::int64_t> JobView::remaining_ms() const {
  const std::uint64_t open = tally.of(ImageState::waiting) + tally.of(ImageState::working);
  if (!at_work || ended() || open == 0) return std::nullopt;
  // One image is not enough for an estimate, and failures take no time.
  const bool known_soon = record.planning || tally.bytes_before == 0 ||
                          tally.of(ImageState::done) + tally.of(ImageState::kept) < 3;
  if (known_soon) return std::nullopt;
  return static_cast<std::int64_t>(static_cast<double>(elapsed_ms()) *
                                   static_cast<double>(tally.bytes_known - tally.bytes_finished) /
                                   static_cast<double>(tally.bytes_finished));
}

Json job_json(const JobView& job) {
  const JobRecord& record = job.record;
  const Tally& tally = job.tally;
  Json json;
  json["id"] = record.id;
  json["name"] = record.name;
  json["state"] = name_of(record.state);
  if (record.kind == SourceKind::uploads) {
    json["source"] = {{"kind", "uploads"}};
  } else {
    json["source"] = {{"kind", "folder"}, {"path", printable(record.folder)}, {"recursive", true}};
  }
  json["settings"] = object_in(record.settings_text);
  json["created_ms"] = record.created_ms;
  json["finished_ms"] = record.finished_ms > 0 ? Json(record.finished_ms) : Json(nullptr);
  json["images"] = tally.images();
  Json& counts = json["counts"] = Json::object();
  for (std::size_t i = 0; i < image_states; ++i) {
    counts[std::string(name_of(static_cast<ImageState>(i)))] = tally.count[i];
  }
  json["bytes_before"] = tally.bytes_before;
  json["bytes_after"] = tally.bytes_after;
  const bool scored = tally.scored > 0;
  json["lowest_score"] = scored ? Json(tally.lowest_score) : Json(nullptr);
  json["mean_score"] =
      scored ? Json(tally.score_sum / static_cast<double>(tally.scored)) : Json(nullptr);
  json["remaining_ms"] = or_null(job.remaining_ms());
  json["elapsed_ms"] = job.elapsed_ms();
  json["planning"] = record.planning;
  json["left_out"] = left_out_json(record.left_out);
  json["written"] = nullptr;
  if (const Written& written = record.written; written.to != WrittenTo::nowhere) {
    json["written"] = {
        {"to", written.to == WrittenTo::in_place ? "in-place" : "folder"},
        {"path", written.path},
        {"backup", record.backup.empty() ? Json(nullptr) : Json(printable(record.backup))},
        {"images", written.images},
        {"failed", written.failed}};
  }
  return json;
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
  // If the client gives a quality, target or lossless mode, the default target does not apply.
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
  // This program wrote it; fields that cannot be read keep their defaults.
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
  json["settings"] = row.settings.empty() ? Json(nullptr) : object_in(row.settings);
  return json;
}

}  // namespace imgmill::server
