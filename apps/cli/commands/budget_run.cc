#include "commands/budget_run.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "base/try.h"
#include "commands/places.h"
#include "terminal/logging.h"
#include "terminal/reporter.h"
#include "terminal/signals.h"

namespace imgmill::cli {
namespace {

std::string target_text(const BudgetPass& pass) {
  return pass.target ? fmt::format("{:g}", *pass.target) : "without loss";
}

/// Shows one pass of the search: the bar moves, but failures are left to the real run to report.
class PassView : public BatchObserver {
 public:
  PassView(const OutputOptions& output, Screen& screen, bool first)
      : reporter_(make_reporter(output, screen)), first_(first) {}

  void on_planned(std::uint64_t tasks, bool complete) override {
    reporter_->on_planned(tasks, complete);
  }
  void on_started(const ImageTask& task) override { reporter_->on_started(task); }
  void on_result(const OptimizationResult& result) override {
    if (!result.error) return reporter_->on_result(result);
    OptimizationResult quiet = result;
    quiet.error = Error(ErrorCode::cancelled, "told later");
    reporter_->on_result(quiet);
  }
  void on_warning(const Error& warning) override {
    if (first_) reporter_->on_warning(warning);
  }

 private:
  std::unique_ptr<Reporter> reporter_;
  const bool first_;
};

/// Reports the progress of the search, in the form the user chose.
class SearchView : public BudgetObserver {
 public:
  SearchView(std::uint64_t budget, const OutputOptions& output, Screen& screen)
      : budget_(budget), talk_(output), screen_(screen) {
    talk_.verbose = 0;
  }

  BatchObserver* on_pass(const BudgetPass& pass) override {
    view_.reset();
    if (talk_.progress == ProgressMode::json || talk_.log_format == LogFormat::json) return nullptr;
    if (!talk_.quiet && talk_.progress != ProgressMode::none) {
      screen_.line(
          fmt::format("looking for the target: pass {}, {}", pass.number, target_text(pass)));
    }
    view_ = std::make_unique<PassView>(talk_, screen_, pass.number == 1);
    return view_.get();
  }

  void on_pass_done(const BudgetPass& pass) override {
    view_.reset();
    const std::string target = pass.target ? fmt::format("{:g}", *pass.target) : "null";
    if (talk_.progress == ProgressMode::json) {
      screen_.line(fmt::format(
          R"({{"event":"budget_pass","pass":{},"target":{},"bytes":{},"budget":{},"fits":{}}})",
          pass.number, target, pass.bytes, budget_, pass.fits));
    } else {
      log_record(spdlog::level::info, "looked for the target",
                 {{"pass", std::to_string(pass.number)},
                  {"target", target},
                  {"bytes", std::to_string(pass.bytes)},
                  {"fits", pass.fits ? "true" : "false"}});
    }
  }

  /// Ctrl-C was pressed. Called from another thread.
  void on_interrupt() {
    constexpr std::string_view message =
        "stopping after the images in work; press Ctrl-C again to stop at once";
    if (talk_.progress == ProgressMode::json) {
      screen_.line(fmt::format(R"({{"event":"interrupt","message":{}}})", json_string(message)));
    } else if (talk_.log_format == LogFormat::json) {
      log_record(spdlog::level::warn, message, {});
    } else {
      screen_.line(message);
    }
  }

  void found(const BudgetAnswer& answer) {
    view_.reset();
    if (talk_.quiet || talk_.progress == ProgressMode::json ||
        talk_.log_format == LogFormat::json) {
      return;
    }
    const auto& target = answer.settings.target;
    screen_.line(fmt::format("{}: {} of {} ({} pass{})",
                             target ? fmt::format("target {:g}", target->score) : "without loss",
                             human_size(answer.bytes), human_size(budget_), answer.passes,
                             answer.passes == 1 ? "" : "es"));
  }

 private:
  const std::uint64_t budget_;
  OutputOptions talk_;
  Screen& screen_;
  std::unique_ptr<PassView> view_;
};

}  // namespace

PrivateCache::~PrivateCache() {
  std::error_code error;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
}

Result<void> PrivateCache::stand_in(RunOptions& run) {
  if (run.use_cache && (!run.cache_folder.empty() || cache_place())) return {};
  std::error_code error;
  std::string name = (std::filesystem::temp_directory_path(error) / "imgmill-XXXXXX").native();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    return fail(ErrorCode::environment,
                fmt::format("no folder can be made for what the search finds out: {}",
                            error ? error.message() : std::strerror(errno)),
                "name a cache with --cache DIR");
  }
  folder_ = name;
  run.use_cache = true;
  run.cache_folder = folder_;
  return {};
}

std::optional<ImageSettings> settings_within(std::uint64_t budget, const TaskFactory& tasks,
                                             const RunOptions& run, const ImageSettings& settings,
                                             Screen& screen, Status& status) {
  OptimizerOptions how = run.optimizer;
  how.jobs = run.batch.jobs;
  auto optimizer = ImageOptimizer::create(how);
  if (!optimizer) {
    status = report_error(screen, "optimize", optimizer.error());
    return std::nullopt;
  }
  std::stop_source stop;
  SearchView view(budget, run.output, screen);
  const Interrupts interrupts([&] {
    view.on_interrupt();
    stop.request_stop();
  });
  const auto answer =
      find_target(*optimizer, tasks, settings, batch_options(run, settings, "budget"),
                  {.bytes = budget}, view, stop.get_token());
  if (interrupts.interrupted()) {
    if (run.output.progress != ProgressMode::json && run.output.log_format != LogFormat::json) {
      screen.line("interrupted while the target was looked for: nothing was written");
    }
    status = Status::interrupted;
    return std::nullopt;
  }
  if (!answer) {
    status = report_error(screen, "optimize", answer.error());
    return std::nullopt;
  }
  view.found(*answer);
  return answer->settings;
}

}  // namespace imgmill::cli
