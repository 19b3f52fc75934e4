#include <fmt/format.h>

#include <filesystem>

#include "base/text.h"
#include "base/try.h"
#include "batch/json.h"
#include "commands/commands.h"
#include "commands/configured.h"
#include "commands/places.h"
#include "terminal/logging.h"
#include "terminal/signals.h"
#include "terminal/summary.h"
#include "watch/watcher.h"

namespace imgmill::cli {
namespace {

/// A line for each change; as JSON for programs.
class WatchReporter : public WatchObserver {
 public:
  WatchReporter(const OutputOptions& output, Screen& screen) : talk_(output), screen_(screen) {}

  void on_result(const OptimizationResult& result) override {
    tally_.add(result);
    if (is_failure(result)) {
      tell(R"("event":"result","result":)" + result_to_json(result),
           "failed: " + failure_text(result), Wanted::always);
      return;
    }
    // What was done before anything was opened is no change.
    const bool as_before = result.stage == Stage::validate && (result.cached || result.resumed);
    if (result.success()) {
      tell(R"("event":"result","result":)" + result_to_json(result), result_text(result),
           as_before ? Wanted::verbosely : Wanted::usually);
    }
  }
  void on_removed(const std::filesystem::path& output) override {
    tell(fmt::format(R"("event":"removed","path":{})", json_string(output.native())),
         "removed: " + printable(output), Wanted::usually);
  }
  void on_up_to_date(std::size_t files) override {
    tell(fmt::format(R"("event":"watching","files":{})", files),
         fmt::format("up to date: {} image{}; watching, Ctrl-C ends it", grouped(files),
                     files == 1 ? "" : "s"),
         told_ ? Wanted::verbosely : Wanted::usually);
    told_ = true;
  }
  void on_warning(const Error& warning) override {
    tell(fmt::format(R"("event":"warning","message":{})", json_string(warning.describe())),
         "warning: " + printable(warning.describe()), Wanted::always);
  }

  void finish(const BatchSummary& summary) {
    tell(R"("event":"summary","summary":)" + summary_to_json(summary),
         summary_text(summary, tally_, false), Wanted::usually);
  }

 private:
  enum class Wanted { always, usually, verbosely };

  void tell(const std::string& json, const std::string& text, Wanted wanted) {
    if (talk_.progress == ProgressMode::json) {
      screen_.line("{" + json + "}");
    } else if (wanted == Wanted::always || (wanted == Wanted::usually && !talk_.quiet) ||
               talk_.verbose > 0) {
      screen_.line(text);
    }
  }

  const OutputOptions talk_;
  Screen& screen_;
  Tally tally_;
  bool told_ = false;
};

/// The plan with the settings that files say now.
Result<PlanRequest> plan_with_files(const OptimizeOptions& options,
                                    std::vector<std::filesystem::path>& files) {
  PlanRequest request;
  request.inputs.assign(options.inputs.begin(), options.inputs.end());
  request.output = std::filesystem::path(options.output) / "";
  request.all_files = options.all_files;
  request.exclude_patterns = options.exclude;
  request.include_patterns = options.include;
  request.name = options.name;
  request.own_format = options.own_format;
  request.settings = std::make_shared<const ImageSettings>(options.settings);
  IMGMILL_TRY(const std::shared_ptr<SettingsBook> book,
              book_for(options.run.config, request.inputs));
  files = book->files();
  if (!files.empty()) {
    request.settings_for = [book](const std::filesystem::path& input) {
      return book->settings_for(input);
    };
  }
  return request;
}

Result<BatchSummary> watch(const WatchCommandOptions& options, WatchObserver& observer,
                           const std::stop_token& stop) {
  const OptimizeOptions& optimize = options.optimize;
  WatchRequest request;
  IMGMILL_TRY(request.plan, plan_with_files(optimize, request.depends_on));
  request.reload = [&optimize] {
    std::vector<std::filesystem::path> files;
    return plan_with_files(optimize, files);
  };
  request.batch = batch_options(optimize.run, optimize.settings, "");
  // Each batch is too small to be resumed; the watcher itself remembers what it has made.
  request.batch.journal.reset();
  request.remove = options.remove;
  const auto state = state_place();
  if (!state) {
    return fail(ErrorCode::environment, "there is no place to note which results are imgmill's",
                "set XDG_STATE_HOME or HOME");
  }
  request.made_folder = *state / "watch";
  OptimizerOptions how = optimize.run.optimizer;
  how.jobs = optimize.run.batch.jobs;
  IMGMILL_TRY(ImageOptimizer optimizer, ImageOptimizer::create(how));
  IMGMILL_TRY(const std::unique_ptr<FolderEventSource> events, folder_events());
  IMGMILL_TRY(const std::unique_ptr<Watcher> watcher,
              Watcher::create(optimizer, *events, std::move(request), observer));
  return watcher->run(stop);
}

}  // namespace

Status watch_command(const WatchCommandOptions& options, Screen& screen) {
  const OutputOptions& output = options.optimize.run.output;
  const Logging logging(output, screen);
  WatchReporter reporter(output, screen);
  std::stop_source stop;
  const Interrupts interrupts([&] { stop.request_stop(); });
  const auto summary = watch(options, reporter, stop.get_token());
  if (!summary) return report_error(screen, "watch", summary.error());
  reporter.finish(*summary);
  return Status::well;
}

}  // namespace imgmill::cli
