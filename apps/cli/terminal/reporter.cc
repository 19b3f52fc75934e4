#include "terminal/reporter.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "batch/json.h"
#include "terminal/logging.h"
#include "terminal/progress.h"
#include "terminal/summary.h"

namespace imgmill::cli {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto redraw_every = 100ms;
constexpr auto line_every = 5s;
constexpr auto line_at_least_apart = 1s;
constexpr std::string_view interrupt_message =
    "finishing what is being written; press Ctrl-C again to stop at once";

/// The progress bar, drawn by its own thread so that a slow terminal does not delay images.
class Bar {
 public:
  explicit Bar(Screen& screen) : screen_(screen), pace_(Clock::now()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { draw(stop); });
  }
  ~Bar() { end(); }
  Bar(const Bar&) = delete;
  Bar& operator=(const Bar&) = delete;

  template <typename Change>
  void update(Change&& change) {
    const std::scoped_lock lock(mutex_);
    change(progress_);
  }

  void end() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
    screen_.clear_status();
  }

 private:
  void draw(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      wake_.wait_for(lock, stop, redraw_every, [] { return false; });
      if (stop.stop_requested()) return;
      progress_.per_second = pace_.at(Clock::now(), progress_.done);
      const Progress now = progress_;
      lock.unlock();
      // Leave one column free: some terminals wrap as soon as the last one is used.
      const std::size_t width = screen_.width();
      screen_.status(render_bar(now, width > 1 ? width - 1 : width));
      lock.lock();
    }
  }

  Screen& screen_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  Progress progress_;
  Pace pace_;
  std::jthread thread_;
};

/// Text: a bar if the terminal can redraw, else occasional lines.
class TextReporter : public Reporter {
 public:
  TextReporter(const OutputOptions& output, Screen& screen)
      : talk_(output), screen_(screen), pace_(Clock::now()), last_line_(Clock::now()) {
    const bool wanted =
        output.progress == ProgressMode::automatic || output.progress == ProgressMode::bar;
    if (output.quiet || !wanted) return;
    if (screen.redraws()) {
      bar_ = std::make_unique<Bar>(screen);
    } else {
      lines_ = output.verbose == 0;
    }
  }

  void on_planned(std::uint64_t tasks, bool complete) override {
    change([&](Progress& progress) {
      progress.known = tasks;
      progress.complete = complete;
    });
  }

  void on_started(const ImageTask& task) override {
    if (!bar_) return;
    std::string name = printable(task.input_path.filename());
    bar_->update([&](Progress& progress) { progress.current = std::move(name); });
  }

  void on_result(const OptimizationResult& result) override {
    tally_.add(result);
    change([&](Progress& progress) { progress.add(result); });
    if (is_failure(result)) {
      screen_.trouble("failed:", " " + failure_text(result));
    } else if (result.success() && !talk_.quiet &&
               (talk_.verbose > 0 || result.decision == Decision::planned)) {
      screen_.line(result_text(result));
    }
    if (lines_ && !is_failure(result)) maybe_line();
  }

  void on_left_out(const LeftOut& left_out) override {
    if (talk_.verbose == 0) return;
    screen_.line(fmt::format("left out: {} ({})", printable(left_out.path), left_out.kind()));
  }
  void on_copied(const CopiedFile& file) override {
    if (file.error) {
      screen_.trouble("failed:", " " + copy_failure_text(file));
    } else if (talk_.verbose > 0) {
      screen_.line(fmt::format("copied: {} -> {}", printable(file.from), printable(file.to)));
    }
  }
  void on_warning(const Error& warning) override {
    screen_.trouble("warning:", " " + printable(warning.describe()));
  }
  void on_interrupt() override { screen_.line(interrupt_message); }

  void finish(const BatchSummary& summary, bool interrupted) override {
    if (bar_) bar_->end();
    if (!talk_.quiet) screen_.line(summary_text(summary, tally_, interrupted && talk_.resumes));
  }

 private:
  template <typename Change>
  void change(Change&& change) {
    change(progress_);
    if (bar_) bar_->update(change);
  }

  void maybe_line() {
    const auto now = Clock::now();
    const bool long_ago = now - last_line_ >= line_every;
    const bool moved = progress_.complete && progress_.known > 0 &&
                       10 * (progress_.done - last_done_) >= progress_.known &&
                       now - last_line_ >= line_at_least_apart;
    if ((!long_ago && !moved) || (progress_.complete && progress_.done == progress_.known)) return;
    progress_.per_second = pace_.at(now, progress_.done);
    screen_.line(render_line(progress_));
    last_line_ = now;
    last_done_ = progress_.done;
  }

  OutputOptions talk_;
  Screen& screen_;
  std::unique_ptr<Bar> bar_;
  bool lines_ = false;
  Progress progress_;
  Pace pace_;
  Clock::time_point last_line_;
  std::uint64_t last_done_ = 0;
  Tally tally_;
};

std::string json_fields(const LeftOut& left_out) {
  return fmt::format(R"("path":{},"kind":{})", json_string(left_out.path.native()),
                     json_string(left_out.kind()));
}

std::string json_fields(const CopiedFile& file) {
  return fmt::format(R"("original_path":{},"copied_path":{},"bytes":{},"was_there":{},"error":{})",
                     json_string(file.from.native()), json_string(file.to.native()), file.bytes,
                     file.was_there,
                     file.error ? json_string(printable(file.error->describe())) : "null");
}

/// JSON lines on standard error, for programs that show their own progress.
class JsonReporter : public Reporter {
 public:
  JsonReporter(const OutputOptions& output, Screen& screen) : talk_(output), screen_(screen) {}

  void on_planned(std::uint64_t tasks, bool complete) override {
    // Limit the rate: a folder of a million files must not send a million events.
    const auto now = Clock::now();
    if (!complete && now - last_planned_ < redraw_every) return;
    last_planned_ = now;
    event("planned", fmt::format(R"("tasks":{},"complete":{})", tasks, complete));
  }
  void on_started(const ImageTask& task) override {
    event("started", fmt::format(R"("original_path":{})", json_string(task.input_path.native())));
  }
  void on_result(const OptimizationResult& result) override {
    event("result", R"("result":)" + result_to_json(result));
  }
  void on_left_out(const LeftOut& left_out) override {
    if (talk_.verbose > 0) event("left_out", json_fields(left_out));
  }
  void on_copied(const CopiedFile& file) override {
    if (talk_.verbose > 0 || file.error) event("copied", json_fields(file));
  }
  void on_warning(const Error& warning) override {
    event("warning", fmt::format(R"("message":{})", json_string(warning.describe())));
  }
  void on_interrupt() override {
    event("interrupt", fmt::format(R"("message":{})", json_string(interrupt_message)));
  }
  void finish(const BatchSummary& summary, bool interrupted) override {
    event("summary",
          fmt::format(R"("interrupted":{},"summary":{})", interrupted, summary_to_json(summary)));
  }

 private:
  void event(std::string_view name, const std::string& fields) {
    screen_.line(fmt::format(R"({{"event":"{}",{}}})", name, fields));
  }

  const OutputOptions talk_;
  Screen& screen_;
  Clock::time_point last_planned_{};
};

/// Log records, for services.
class LogReporter : public Reporter {
 public:
  explicit LogReporter(const OutputOptions& output) : talk_(output) {}

  void on_result(const OptimizationResult& result) override {
    if (is_failure(result)) {
      log_record(spdlog::level::err, "image failed", {{"result", result_to_json(result)}});
    } else if (talk_.verbose > 0 && result.success()) {
      log_record(spdlog::level::info, "image done", {{"result", result_to_json(result)}});
    }
  }
  void on_left_out(const LeftOut& left_out) override {
    if (talk_.verbose == 0) return;
    log_record(
        spdlog::level::info, "left out",
        {{"path", json_string(left_out.path.native())}, {"kind", json_string(left_out.kind())}});
  }
  void on_copied(const CopiedFile& file) override {
    if (!file.error && talk_.verbose == 0) return;
    log_record(file.error ? spdlog::level::err : spdlog::level::info,
               file.error ? "copy failed" : "copied", {{"copy", "{" + json_fields(file) + "}"}});
  }
  void on_warning(const Error& warning) override {
    log_record(spdlog::level::warn, warning.describe(), {});
  }
  void on_interrupt() override { log_record(spdlog::level::warn, interrupt_message, {}); }
  void finish(const BatchSummary& summary, bool interrupted) override {
    log_record(
        spdlog::level::info, "batch done",
        {{"interrupted", interrupted ? "true" : "false"}, {"summary", summary_to_json(summary)}});
  }

 private:
  OutputOptions talk_;
};

}  // namespace

std::unique_ptr<Reporter> make_reporter(const OutputOptions& output, Screen& screen) {
  if (output.progress == ProgressMode::json) return std::make_unique<JsonReporter>(output, screen);
  if (output.log_format == LogFormat::json) return std::make_unique<LogReporter>(output);
  return std::make_unique<TextReporter>(output, screen);
}

}  // namespace imgmill::cli
