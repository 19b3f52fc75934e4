#include "run.h"

#include <fmt/format.h>

#include "base/text.h"
#include "batch/report.h"
#include "logging.h"
#include "reporter.h"
#include "signals.h"

namespace imgmill::cli {
namespace {

/// Passes everything on to several observers.
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

 private:
  std::vector<BatchObserver*> observers_;
};

std::string milliseconds(std::chrono::microseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

void log_times(const BatchSummary& summary) {
  log_record(spdlog::level::debug, "busy times, summed over threads",
             {{"plan_ms", milliseconds(summary.busy.plan)},
              {"validate_ms", milliseconds(summary.busy.validate)},
              {"read_ms", milliseconds(summary.busy.read)},
              {"process_ms", milliseconds(summary.busy.process)},
              {"write_ms", milliseconds(summary.busy.write)},
              {"first_output_ms", milliseconds(summary.first_output)}});
}

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

Status tell(Screen& screen, std::string_view command, const Error& error) {
  screen.trouble("imgmill:", " " + printable(error.message()));
  if (!error.advice().empty()) screen.line("  " + printable(error.advice()));
  if (error.code() != ErrorCode::usage) return Status::some_failed;
  screen.line(fmt::format("  see imgmill {}{}--help", command, command.empty() ? "" : " "));
  return Status::usage;
}

Status run_tasks(TaskSource& tasks, const RunOptions& options, const ImageSettings& settings,
                 std::string_view command, Screen& screen, const Also& also) {
  std::stop_source stop;
  const std::unique_ptr<BatchObserver> extra = also ? also(stop) : nullptr;
  std::unique_ptr<ReportWriter> report;
  if (options.report) {
    auto created = ReportWriter::create(*options.report, settings);
    if (!created) return tell(screen, command, created.error());
    report = *std::move(created);
  }
  const std::unique_ptr<Reporter> reporter = make_reporter(options.talk, screen);
  Fan fan;
  fan.add(extra.get());
  fan.add(report.get());
  fan.add(reporter.get());

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
  if (!optimizer) return tell(screen, command, optimizer.error());
  const BatchSummary summary = optimizer->run(tasks, options.batch, fan, stop.get_token());
  const bool interrupted = interrupts.interrupted();
  reporter->finish(summary, interrupted);
  log_times(summary);
  if (summary.pool) log_pool(*summary.pool);

  Status status = summary.failed > 0 || summary.stopped ? Status::some_failed : Status::well;
  if (report) {
    if (const auto finished = report->finish(summary); !finished) {
      tell(screen, command, finished.error());
      status = Status::some_failed;
    }
  }
  return interrupted ? Status::interrupted : status;
}

}  // namespace imgmill::cli
