#include <filesystem>
#include <optional>
#include <stop_token>

#include "base/try.h"
#include "commands/commands.h"
#include "commands/configured.h"
#include "commands/inputs.h"
#include "sets/sets.h"
#include "terminal/logging.h"
#include "terminal/reporter.h"
#include "terminal/signals.h"

namespace imgmill::cli {
namespace {

Result<SetRequest> request_of(const SetCommandOptions& options,
                              std::vector<std::filesystem::path> inputs, SettingsBook& book) {
  const OptimizeOptions& optimize = options.optimize;
  SetRequest request{.plan = {}, .options = options.set, .manifest = options.manifest};
  PlanRequest& plan = request.plan;
  plan.inputs = std::move(inputs);
  plan.output = optimize.output;
  plan.all_files = optimize.all_files;
  plan.exclude_patterns = optimize.exclude;
  plan.include_patterns = optimize.include;
  ImageSettings settings = optimize.settings;
  leave_to_set(settings, options.set);
  plan.settings = std::make_shared<const ImageSettings>(settings);
  if (!book.files().empty()) {
    const auto of_sets =
        book.with([set = options.set](ImageSettings& own) { leave_to_set(own, set); });
    plan.settings_for = [of_sets](const std::filesystem::path& input) {
      return of_sets->settings_for(input);
    };
  }
  return request;
}

}  // namespace

Status set_command(const SetCommandOptions& options, Screen& screen) {
  const RunOptions& run = options.optimize.run;
  const Logging logging(run.output, screen);
  auto inputs = expand_inputs(options.optimize.inputs);
  if (!inputs) return report_error(screen, "set", inputs.error());
  const auto book = book_for(run.config, *inputs);
  if (!book) return report_error(screen, "set", book.error());
  auto request = request_of(options, *std::move(inputs), **book);
  if (!request) return report_error(screen, "set", request.error());

  std::stop_source stop;
  const std::unique_ptr<Reporter> reporter = make_reporter(run.output, screen);
  const Interrupts interrupts([&] {
    reporter->on_interrupt();
    stop.request_stop();
  });
  std::optional<ImageOptimizer> optimizer;
  const auto tools = [&]() -> Result<SetTools> {
    OptimizerOptions how = run.optimizer;
    how.jobs = run.batch.jobs;
    IMGMILL_TRY(optimizer, ImageOptimizer::create(how));
    return SetTools{
        .optimize =
            [&](ByteView bytes, const ImageSettings& settings, const Limits& limits) {
              return optimizer->optimize(bytes, settings, limits);
            },
        .placeholder = [&](ByteView bytes,
                           const Limits& limits) { return optimizer->placeholder(bytes, limits); },
        .width = optimizer->width()};
  };
  BatchOptions batch = batch_options(run, options.optimize.settings, "");
  batch.journal.reset();  // the records of sets tell what is done
  auto summary = make_sets(*std::move(request), batch, tools, *reporter, stop.get_token());
  const bool interrupted = interrupts.interrupted();
  if (!summary) return report_error(screen, "set", summary.error());
  if (optimizer) {
    summary->pool = optimizer->pool_metrics();
    if (summary->pool) warn_of_missing_layers(*summary->pool, run, *reporter);
  }
  reporter->finish(*summary, interrupted);
  if (interrupted) return Status::interrupted;
  log_warnings(**book);
  const bool failed = summary->failed > 0 || summary->stopped || summary->private_left.images > 0;
  return failed ? Status::some_failed : Status::well;
}

}  // namespace imgmill::cli
