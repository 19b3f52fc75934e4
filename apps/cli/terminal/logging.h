// Logging through spdlog to standard error.
#pragma once

#include <spdlog/common.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "options/options.h"
#include "terminal/screen.h"

namespace imgmill::cli {

/// Named values of a record, each already encoded as JSON ("12", "\"text\"").
using LogFields = std::vector<std::pair<std::string, std::string>>;

/// Directs spdlog's default logger to `screen` during its lifetime: text lines, or with
/// LogFormat::json one JSON object per line with "time" (RFC 3339, UTC), "level", "message" and the
/// record's fields. At most one exists at a time.
class Logging {
 public:
  Logging(const OutputOptions& output, Screen& screen);
  ~Logging();
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;
};

/// Writes one record with fields. Thread-safe.
void log_record(spdlog::level::level_enum level, std::string_view message, LogFields fields);

/// Encodes `text` as a JSON string; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace imgmill::cli
