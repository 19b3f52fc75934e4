#include "commands/run.h"

#include <fmt/format.h>

#include "base/text.h"
#include "batch/json.h"
#include "batch/report.h"
#include "commands/places.h"
#include "imgmill/maker.h"
#include "platform/cpu.h"
#include "terminal/logging.h"
#include "terminal/reporter.h"
#include "terminal/signals.h"
#include "terminal/summary.h"

namespace imgmill::cli {
namespace {

/// Forwards every event to several observers.
class Fan : public BatchObserver {
 public:
  void add(BatchObserver* observer) {
    if (observer != nullptr) observers_.push_back(observer);
  }
  void on_planned(std::uint64_t tasks, bool complete) override {
    for (BatchObserver* observer : observers_) observer->on_planned(tasks, complete);
  }
  void on_started(const ImageTask& task) override {
    for (BatchObserver* observer : observers_) observer->on_started(task);
  }
  void on_result(const OptimizationResult& result) override {
    for (BatchObserver* observer : observers_) observer->on_result(result);
  }
  void on_left_out(const LeftOut& left_out) override {
    for (BatchObserver* observer : observers_) observer->on_left_out(left_out);
  }
  void on_copied(const CopiedFile& file) override {
    for (BatchObserver* observer : observers_) observer->on_copied(file);
  }
  void on_warning(const Error& warning) override {
    for (BatchObserver* observer : observers_) observer->on_warning(warning);
  }

 private:
  std::vector<BatchObserver*> observers_;
};

std::string milliseconds(std::chrono::microseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

/// Counts the images that --check reports.
class Shrinkable : public BatchObserver {
 public:
  Shrinkable(const CheckThreshold& threshold, Screen& screen)
      : threshold_(threshold), screen_(screen) {}

  void on_result(const OptimizationResult& result) override {
    const std::int64_t saved = result.saved_bytes();
    if (result.private_left.any()) {
      ++exposing_;
      told_ = screen_.data(result_text(result) + "\n") && told_;
      return;
    }
    if (saved <= 0 || static_cast<std::uint64_t>(saved) < threshold_.bytes ||
        result.compression_ratio() < threshold_.percent) {
      return;
    }
    ++found_;
    told_ = screen_.data(result_text(result) + "\n") && told_;
  }

  /// After the last result.
  Status finish(const BatchSummary& summary, bool quiet) {
    std::string least;
    if (threshold_.percent > 0) least = fmt::format("{:g}%", threshold_.percent);
    if (threshold_.bytes > 0) {
      least += (least.empty() ? "" : " and ") + human_size(threshold_.bytes);
    }
    if (!quiet) {
      screen_.line(fmt::format("check: {} of {} would shrink by at least {}; nothing was written",
                               grouped(found_), grouped(summary.succeeded), least));
    }
    if (!told_) return Status::some_failed;
    return found_ + exposing_ > 0 ? Status::would_shrink : Status::well;
  }

 private:
  const CheckThreshold threshold_;
  Screen& screen_;
  std::uint64_t found_ = 0;
  std::uint64_t exposing_ = 0;  ///< images that still hold private data
  bool told_ = true;
};

void log_times(const BatchSummary& summary) {
  log_record(spdlog::level::info, "most entries in the queues",
             {{"to_read", std::to_string(summary.queues.to_read)},
              {"to_process", std::to_string(summary.queues.to_process)},
              {"to_write", std::to_string(summary.queues.to_write)}});
  log_record(spdlog::level::info, "busy times, summed over threads",
             {{"plan_ms", milliseconds(summary.busy.plan)},
              {"validate_ms", milliseconds(summary.busy.validate)},
              {"read_ms", milliseconds(summary.busy.read)},
              {"process_ms", milliseconds(summary.busy.process)},
              {"write_ms", milliseconds(summary.busy.write)},
              {"first_output_ms", milliseconds(summary.first_output)}});
}

/// Thumbnails for a report, made by the same workers as the images.
ReportPictures pictures_from(ImageOptimizer& optimizer, const RunOptions& options) {
  return {.make = [&optimizer](
                      ByteView bytes, const ImageSettings& settings,
                      const Limits& limits) { return optimizer.optimize(bytes, settings, limits); },
          .width = options.batch.jobs > 0 ? options.batch.jobs : core_budget().cores,
          .limits = options.batch.limits,
          .backup_dir = options.batch.backup_dir};
}

/// Shows that the report is being written, which takes a while if it has pictures.
class Working {
 public:
  Working(Screen& screen, const OutputOptions& output) : screen_(screen) {
    if (!output.quiet && screen.redraws()) screen_.status("writing the report");
  }
  ~Working() { screen_.clear_status(); }
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;

 private:
  Screen& screen_;
};

void log_pool(const PoolMetrics& pool) {
  std::uint64_t faults = 0;
  for (const auto& [kind, count] : pool.faults) faults += count;
  log_record(spdlog::level::info, "worker processes",
             {{"size", std::to_string(pool.size)},
              {"images", std::to_string(pool.images)},
              {"spawns", std::to_string(pool.spawns)},
              {"spawn_ms", milliseconds(pool.spawn_time)},
              {"warm_up_ms", milliseconds(pool.warm_up_time)},
              {"restarts", std::to_string(pool.restarts)},
              {"faults", std::to_string(faults)}});
}

}  // namespace

Status report_error(Screen& screen, std::string_view command, const Error& error) {
  screen.trouble("imgmill:", " " + printable(error.message()));
  if (!error.advice().empty()) screen.line("  " + printable(error.advice()));
  if (error.code() != ErrorCode::usage) return Status::some_failed;
  screen.line(fmt::format("  see imgmill {}{}--help", command, command.empty() ? "" : " "));
  return Status::usage;
}

BatchOptions batch_options(const RunOptions& options, const ImageSettings& settings,
                           const std::string& batch) {
  BatchOptions result = options.batch;
  const auto cache = options.cache_folder.empty() ? cache_place() : options.cache_folder;
  if (options.use_cache && cache) result.cache = CacheOptions{*cache, options.cache_size};
  if (const auto state = state_place()) {
    const std::string identity =
        fmt::format("{}\n{}\n{}", batch, settings_to_json(settings), maker());
    result.journal = JournalOptions{*state / "journal", identity, options.resume};
  }
  return result;
}

void warn_of_missing_layers(const PoolMetrics& pool, const RunOptions& options,
                            BatchObserver& reporter) {
  if (options.optimizer.sandbox != SandboxMode::automatic || options.output.quiet) return;
  if (pool.missing_layers.empty()) return;
  std::string layers;
  for (const std::string& layer : pool.missing_layers) {
    layers += (layers.empty() ? "" : ", ") + layer;
  }
  reporter.on_warning(Error(ErrorCode::environment, "the sandbox was without " + layers,
                            "imgmill doctor tells more, --sandbox require insists on all"));
}

Status run_tasks(TaskSource& tasks, const RunOptions& options, const ImageSettings& settings,
                 const std::string& batch, std::string_view command, Screen& screen,
                 const Also& also) {
  std::stop_source stop;
  const std::unique_ptr<BatchObserver> extra = also ? also(stop) : nullptr;
  std::unique_ptr<ReportWriter> report;
  if (options.report) {
    auto created = ReportWriter::create(*options.report, settings);
    if (!created) return report_error(screen, command, created.error());
    report = *std::move(created);
  }
  const std::unique_ptr<Reporter> reporter = make_reporter(options.output, screen);
  Fan fan;
  fan.add(extra.get());
  fan.add(report.get());
  fan.add(reporter.get());
  const bool check = options.batch.dry_run == DryRun::check;
  Shrinkable shrinkable(options.threshold, screen);
  if (check) fan.add(&shrinkable);

  const Interrupts interrupts([&] {
    reporter->on_interrupt();
    stop.request_stop();
  });
  log_record(spdlog::level::debug, "starting",
             {{"jobs", std::to_string(options.batch.jobs)},
              {"pipeline", options.batch.pipeline == Pipelining::on ? "true" : "false"}});
  OptimizerOptions how = options.optimizer;
  how.jobs = options.batch.jobs;
  auto optimizer = ImageOptimizer::create(how);
  if (!optimizer) return report_error(screen, command, optimizer.error());
  const BatchSummary summary =
      optimizer->run(tasks, batch_options(options, settings, batch), fan, stop.get_token());
  const bool interrupted = interrupts.interrupted();
  if (summary.pool) warn_of_missing_layers(*summary.pool, options, *reporter);
  reporter->finish(summary, interrupted);
  log_times(summary);
  if (summary.pool) log_pool(*summary.pool);

  // Private data that should have been removed but could not be is a failure, too.
  Status status = summary.failed > 0 || summary.copied.failed > 0 || summary.stopped ||
                          (summary.private_left.images > 0 && !check)
                      ? Status::some_failed
                      : Status::well;
  if (check) {
    const Status checked = shrinkable.finish(summary, options.output.quiet);
    if (status == Status::well) status = checked;
  }
  if (report) {
    if (!interrupted) report->show_pictures(pictures_from(*optimizer, options));
    const Working working(screen, options.output);
    if (const auto finished = report->finish(summary); !finished) {
      report_error(screen, command, finished.error());
      status = Status::some_failed;
    }
  }
  return interrupted ? Status::interrupted : status;
}

}  // namespace imgmill::cli
