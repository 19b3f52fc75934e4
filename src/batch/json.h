// Tasks, settings and results as JSON, in the schema that batch files, reports and the HTTP API
// share.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "imgmill/batch.h"

namespace imgmill {

/// Parses the tasks of a batch file: an array of tasks, an object {"tasks": [...]}, or one task per
/// line (JSON lines). Unknown fields are errors. Fields that a task omits come from `defaults`.
/// `originals` as in tasks_from().
/// Errors: usage; the message has the location ("tasks[3].settings.quality.jpeg") and what to write
/// instead.
[[nodiscard]] Result<std::unique_ptr<TaskSource>> tasks_from_json(
    std::string_view text, const ImageSettings& defaults, Originals originals = Originals::refuse);

/// Defaults of each input's own; an error is one of the task file.
using DefaultsFor =
    std::function<Result<std::shared_ptr<const ImageSettings>>(const std::filesystem::path& input)>;
[[nodiscard]] Result<std::unique_ptr<TaskSource>> tasks_from_json(std::string_view text,
                                                                  const DefaultsFor& defaults,
                                                                  Originals originals);

/// `{"quality": {...}, "resize": {...}, "outputFormat": "original", ...}`, and back.
[[nodiscard]] std::string settings_to_json(const ImageSettings& settings);
[[nodiscard]] Result<ImageSettings> settings_from_json(std::string_view text,
                                                       const ImageSettings& defaults = {});

/// One line without a line feed; always valid UTF-8.
[[nodiscard]] std::string result_to_json(const OptimizationResult& result);
[[nodiscard]] std::string summary_to_json(const BatchSummary& summary);

}  // namespace imgmill
