#include "batch/json.h"

#include <fmt/core.h>

#include "base/base64.h"
#include "base/text.h"
#include "base/try.h"
#include "schema/json_fields.h"
#include "schema/json_outcome.h"
#include "schema/json_settings.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Parses one document. Errors: usage, with line and column.
Result<Json> parse(std::string_view text, const std::string& what) {
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t at = std::min(error.byte > 0 ? error.byte - 1 : 0, text.size());
    const std::string_view before = text.substr(0, at);
    const auto line = 1 + std::ranges::count(before, '\n');
    const auto column = at - (before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1) + 1;
    return fail(ErrorCode::usage,
                fmt::format("{} is not valid JSON at line {}, column {}", what, line, column),
                "look for a missing comma, quote or bracket just before that place");
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorCode::usage, fmt::format("{} is not valid JSON", what),
                "check that it is UTF-8 text and that numbers are not enormous");
  }
}

/// Tasks with equal settings share them, since a file of a hundred thousand tasks mostly repeats
/// them.
class TaskReader {
 public:
  explicit TaskReader(const DefaultsFor& defaults) : defaults_(defaults) {}

  Result<void> read(const JsonPlace& at) {
    IMGMILL_CHECK(check_fields(at, {"input_path", "output_path", "settings"}));
    ImageTask task;
    IMGMILL_TRY(task.input_path, path_at(at, "input_path"));
    IMGMILL_TRY(task.output_path, path_at(at, "output_path"));
    IMGMILL_TRY(task.settings, defaults_(task.input_path));
    if (const auto field = at.find("settings")) {
      IMGMILL_TRY(ImageSettings settings, settings_at(*field, *task.settings));
      if (settings != *task.settings) {
        if (!latest_ || settings != *latest_) {
          latest_ = std::make_shared<const ImageSettings>(std::move(settings));
        }
        task.settings = latest_;
      }
    }
    tasks_.push_back(std::move(task));
    return {};
  }

  Result<void> read_array(const JsonPlace& at) {
    for (std::size_t i = 0; i < at.value.size(); ++i) {
      IMGMILL_CHECK(read({at.value[i], fmt::format("{}[{}]", at.path, i)}));
    }
    return {};
  }

  [[nodiscard]] std::vector<ImageTask> take() { return std::move(tasks_); }

 private:
  static Result<fs::path> path_at(const JsonPlace& at, const std::string& field) {
    const auto place = at.find(field);
    if (!place) {
      return json_error(
          at, fmt::format("has no \"{}\"", field),
          "a task is {\"input_path\": ..., \"output_path\": ..., \"settings\": {...}}");
    }
    IMGMILL_TRY(std::string text, text_at(*place));
    if (text.empty() || text.find('\0') != std::string::npos) {
      return json_error(*place, "is not a path", "write the path of a file");
    }
    return fs::path(std::move(text));
  }

  const DefaultsFor& defaults_;
  std::shared_ptr<const ImageSettings> latest_;  ///< that a task has asked for
  std::vector<ImageTask> tasks_;
};

constexpr std::string_view spaces = " \t\r\n";

/// True if the text is one JSON value per line rather than one document.
bool is_lines(std::string_view text) {
  const auto end = text.find('\n');
  if (end == text.npos || text.find_first_not_of(spaces, end) == text.npos) return false;
  return Json::accept(text.substr(0, end));
}

Result<void> read_lines(TaskReader& reader, std::string_view text) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(spaces) == line.npos) continue;
    const std::string name = fmt::format("line {}", number);
    IMGMILL_TRY(const Json json, parse(line, name));
    IMGMILL_CHECK(reader.read({json, name}));
  }
  return {};
}

Result<void> read_document(TaskReader& reader, std::string_view text) {
  IMGMILL_TRY(const Json json, parse(text, "the task file"));
  if (json.is_array()) return reader.read_array({json, "tasks"});
  const JsonPlace whole{json, ""};
  if (!json.is_object()) {
    return json_error(whole, "is neither an array nor an object",
                      "write an array of tasks, {\"tasks\": [...]}, or one task a line");
  }
  if (!json.contains("tasks")) return reader.read(whole);
  IMGMILL_CHECK(check_fields(whole, {"tasks"}));
  const JsonPlace tasks = whole.child("tasks");
  if (!tasks.value.is_array()) return json_error(tasks, "is not an array", "write [...] there");
  return reader.read_array(tasks);
}

/// Stores a path as text; if that is not reversible, stores its bytes as well.
void put_path(Json& json, const std::string& field, const fs::path& path) {
  if (is_utf8(path.native())) {
    json[field] = path.native();
  } else {
    json[field] = printable(path);
    json[field + "_base64"] = base64(as_bytes(path.native()));
  }
}

double milliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

Json json_of(const PoolMetrics& pool) {
  Json faults = Json::object();
  for (const auto& [kind, count] : pool.faults) faults[kind] = count;
  return {{"size", pool.size},
          {"images", pool.images},
          {"spawns", pool.spawns},
          {"restarts", pool.restarts},
          {"recycled", pool.recycled},
          {"spawn_ms", milliseconds(pool.spawn_time)},
          {"warm_up_ms", milliseconds(pool.warm_up_time)},
          {"faults", std::move(faults)},
          {"missing_layers", pool.missing_layers}};
}

Json json_of(const ScoreSummary& scores) {
  Json json = {{"images", scores.images}};
  if (scores.images > 0) {
    json["lowest"] = scores.lowest;
    put_path(json, "lowest_path", scores.lowest_path);
    json["lowest_index"] = scores.lowest_index;
    json["mean"] = scores.mean();
  }
  json["unscored"] = scores.unscored;
  json["below_target"] = scores.below_target;
  json["encoded"] = scores.encoded;
  json["encodes"] = scores.encodes;
  json["encodes_per_image"] = scores.encodes_per_image();
  return json;
}

/// Always one line of valid UTF-8.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<std::unique_ptr<TaskSource>> tasks_from_json(std::string_view text,
                                                    const ImageSettings& defaults,
                                                    Originals originals) {
  const auto same = std::make_shared<const ImageSettings>(defaults);
  return tasks_from_json(
      text, [&](const fs::path&) { return same; }, originals);
}

Result<std::unique_ptr<TaskSource>> tasks_from_json(std::string_view text,
                                                    const DefaultsFor& defaults,
                                                    Originals originals) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
  if (text.find_first_not_of(spaces) == text.npos) {
    return fail(ErrorCode::usage, "the task file is empty",
                "write an array of tasks: [{\"input_path\": ..., \"output_path\": ...}]");
  }
  TaskReader reader(defaults);
  IMGMILL_CHECK(is_lines(text) ? read_lines(reader, text) : read_document(reader, text));
  return tasks_from(reader.take(), originals);
}

std::string settings_to_json(const ImageSettings& settings) { return dump(json_of(settings)); }

Result<ImageSettings> settings_from_json(std::string_view text, const ImageSettings& defaults) {
  IMGMILL_TRY(const Json json, parse(text, "the settings"));
  return settings_at({json, "settings"}, defaults);
}

std::string result_to_json(const OptimizationResult& result) {
  Json json = Json::object();
  json["index"] = result.index;
  put_path(json, "original_path", result.original_path);
  put_path(json, "optimized_path", result.optimized_path);
  json["original_size"] = result.original_size;
  json["optimized_size"] = result.optimized_size;
  json["success"] = result.success();
  json["error"] = result.error ? Json(printable(result.error->describe())) : Json(nullptr);
  json["savedBytes"] = result.saved_bytes();
  json["compressionRatio"] = result.compression_ratio();
  json["stage"] = name_of(result.stage);
  if (result.error) {
    json["error_code"] = name_of(result.error->code());
    if (result.error->code() == ErrorCode::fault) json["quarantined"] = true;
    json["advice"] = printable(result.error->advice());
  } else {
    json["decision"] = name_of(result.decision);
  }
  if (result.input_format) json["input_format"] = info(*result.input_format).name;
  if (result.format) json["format"] = info(*result.format).name;
  if (result.width > 0) {
    json["width"] = result.width;
    json["height"] = result.height;
    json["frames"] = result.frames;
  }
  json["elapsed_ms"] = milliseconds(result.elapsed);
  // Its fields are stored at the top level: "score", "target", "encodes", ...
  json.update(json_of(result.judgement));
  if (result.private_left.any()) json["private_left"] = json_of(result.private_left);
  Json notes = Json::array();
  for (const std::string& note : result.notes) notes.push_back(printable(note));
  json["notes"] = std::move(notes);
  if (result.cached) json["cached"] = true;
  if (result.resumed) json["resumed"] = true;
  return dump(json);
}

std::string summary_to_json(const BatchSummary& summary) {
  Json formats = Json::object();
  for (const auto& [format, sums] : summary.by_format) {
    formats[std::string(info(format).name)] = {{"images", sums.images},
                                               {"bytes_before", sums.bytes_before},
                                               {"bytes_after", sums.bytes_after}};
  }
  const StageTimes& busy = summary.busy;
  const auto saved = static_cast<std::int64_t>(summary.bytes_before) -
                     static_cast<std::int64_t>(summary.bytes_after);
  const double ratio = summary.bytes_before == 0 ? 0.0
                                                 : 100.0 * static_cast<double>(saved) /
                                                       static_cast<double>(summary.bytes_before);
  Json json = Json::object();
  json["tasks"] = summary.tasks;
  json["succeeded"] = summary.succeeded;
  json["failed"] = summary.failed;
  json["quarantined"] = summary.quarantined;
  json["cancelled"] = summary.cancelled;
  json["skipped"] = summary.skipped;
  json["kept"] = summary.kept;
  json["cached"] = summary.cached;
  json["resumed"] = summary.resumed;
  json["bytes_before"] = summary.bytes_before;
  json["bytes_after"] = summary.bytes_after;
  json["savedBytes"] = saved;
  json["compressionRatio"] = ratio;
  json["by_format"] = std::move(formats);
  json["scores"] = json_of(summary.scores);
  json["private_left"] = {{"images", summary.private_left.images},
                          {"position", summary.private_left.position},
                          {"serial", summary.private_left.serial},
                          {"thumbnail", summary.private_left.thumbnail},
                          {"comment", summary.private_left.comment}};
  json["left_out"] = {{"files", summary.left_out.files}, {"kinds", summary.left_out.kinds}};
  if (!summary.idle_patterns.empty()) json["idle_patterns"] = summary.idle_patterns;
  const CopySummary& copied = summary.copied;
  json["copied"] = {{"files", copied.files},
                    {"bytes", copied.bytes},
                    {"there", copied.there},
                    {"failed", copied.failed}};
  json["elapsed_ms"] = milliseconds(summary.elapsed);
  json["first_output_ms"] = milliseconds(summary.first_output);
  json["busy_ms"] = {{"plan", milliseconds(busy.plan)},
                     {"validate", milliseconds(busy.validate)},
                     {"read", milliseconds(busy.read)},
                     {"process", milliseconds(busy.process)},
                     {"write", milliseconds(busy.write)}};
  const QueueDepths& queues = summary.queues;
  json["queue_peaks"] = {{"to_read", queues.to_read},
                         {"to_process", queues.to_process},
                         {"to_write", queues.to_write}};
  json["stopped"] = summary.stopped;
  if (summary.stop_reason) json["stop_reason"] = printable(summary.stop_reason->describe());
  if (summary.pool) json["pool"] = json_of(*summary.pool);
  return dump(json);
}

}  // namespace imgmill
