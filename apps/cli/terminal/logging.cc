#include "terminal/logging.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <ctime>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace imgmill::cli {
namespace {

// spdlog has no structured fields. Our sinks run on the logging thread, so a record's fields can be
// passed to the formatter here.
thread_local const LogFields* current_fields = nullptr;

std::string_view level_name(spdlog::level::level_enum level) {
  const spdlog::string_view_t name = spdlog::level::to_string_view(level);
  return {name.data(), name.size()};
}

std::string_view payload(const spdlog::details::log_msg& message) {
  return {message.payload.data(), message.payload.size()};
}

std::string time_text(std::chrono::system_clock::time_point time) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  const std::time_t seconds = since.count() / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     since.count() % 1000);
}

std::string json_record(const spdlog::details::log_msg& message) {
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","message":{})", time_text(message.time),
                  level_name(message.level), json_string(payload(message)));
  if (current_fields != nullptr) {
    for (const auto& [name, value] : *current_fields) {
      line += fmt::format(",{}:{}", json_string(name), value);
    }
  }
  return line + "}";
}

std::string text_record(const spdlog::details::log_msg& message) {
  std::string line = fmt::format("{}: {}", level_name(message.level), printable(payload(message)));
  if (current_fields != nullptr) {
    for (const auto& [name, value] : *current_fields) line += fmt::format(" {}={}", name, value);
  }
  return line;
}

class Formatter : public spdlog::formatter {
 public:
  explicit Formatter(LogFormat format) : format_(format) {}
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string line =
        format_ == LogFormat::json ? json_record(message) : text_record(message);
    out.append(line.data(), line.data() + line.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<Formatter>(format_);
  }

 private:
  LogFormat format_;
};

class ScreenSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit ScreenSink(Screen& screen) : screen_(screen) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    screen_.line({line.data(), line.size()});
  }
  void flush_() override {}

 private:
  Screen& screen_;
};

}  // namespace

Logging::Logging(const OutputOptions& output, Screen& screen) {
  auto sink = std::make_shared<ScreenSink>(screen);
  auto logger = std::make_shared<spdlog::logger>("imgmill", std::move(sink));
  logger->set_formatter(std::make_unique<Formatter>(output.log_format));
  // With JSON, the closing summary is a log record, and wanted as much as the text.
  const bool tells = output.verbose >= 1 || output.log_format == LogFormat::json;
  logger->set_level(output.quiet          ? spdlog::level::err
                    : output.verbose >= 2 ? spdlog::level::debug
                    : tells               ? spdlog::level::info
                                          : spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

Logging::~Logging() { spdlog::drop_all(); }

void log_record(spdlog::level::level_enum level, std::string_view message, LogFields fields) {
  spdlog::logger* const logger = spdlog::default_logger_raw();
  if (logger == nullptr) return;
  current_fields = &fields;
  logger->log(level, spdlog::string_view_t(message.data(), message.size()));
  current_fields = nullptr;
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace imgmill::cli
