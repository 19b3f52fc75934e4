// Planning 100,000 files in 100 folders, alone and with validation.
#include <benchmark/benchmark.h>

#include <stdexcept>
#include <vector>

#include "batch/validate.h"
#include "imgmill/batch.h"
#include "many_files.h"
#include "platform/cpu.h"

namespace imgmill {
namespace {

std::unique_ptr<TaskSource> plan_all(const bench::ManyFiles& files, std::optional<Format> format) {
  ImageSettings settings;
  settings.output_format = format;
  PlanRequest request;
  request.inputs = {files.input()};
  request.output = files.output();
  request.settings = std::make_shared<const ImageSettings>(settings);
  auto source = plan(std::move(request));
  if (!source) throw std::runtime_error(source.error().describe());
  return *std::move(source);
}

void plan_files(benchmark::State& state, std::optional<Format> format) {
  const bench::ManyFiles& files = bench::hundred_thousand_files();
  std::int64_t tasks = 0;
  for (auto step : state) {
    const auto source = plan_all(files, format);
    while (const auto task = source->next()) {
      if (!*task) throw std::runtime_error(task->error().error.describe());
      ++tasks;
    }
  }
  state.SetItemsProcessed(tasks);
}
BENCHMARK_CAPTURE(plan_files, same_format, std::nullopt)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(plan_files, to_webp, Format::webp)->Unit(benchmark::kMillisecond);

/// Sequentially, to measure the sum of both; a batch overlaps them.
void plan_and_validate_files(benchmark::State& state) {
  const bench::ManyFiles& files = bench::hundred_thousand_files();
  std::int64_t count = 0;
  Validator validator({}, core_budget().cores);
  std::vector<ImageTask> tasks;
  std::vector<Verdict> verdicts(validation_chunk);
  for (auto step : state) {
    const auto source = plan_all(files, std::nullopt);
    for (bool more = true; more;) {
      tasks.clear();
      while (more && tasks.size() < validation_chunk) {
        auto task = source->next();
        more = task.has_value();
        if (more && *task) tasks.push_back(**std::move(task));
      }
      validator.validate(tasks, std::span(verdicts).first(tasks.size()));
      for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (verdicts[i].error) throw std::runtime_error(verdicts[i].error->describe());
      }
      count += static_cast<std::int64_t>(tasks.size());
    }
  }
  state.SetItemsProcessed(count);
}
BENCHMARK(plan_and_validate_files)->Unit(benchmark::kMillisecond)->UseRealTime();

class Silent : public BatchObserver {};

/// As in a dry run: planning and validation overlap, results are collected.
void dry_run_files(benchmark::State& state) {
  const bench::ManyFiles& files = bench::hundred_thousand_files();
  ImageOptimizer optimizer;
  BatchOptions options;
  options.dry_run = DryRun::yes;
  std::int64_t count = 0;
  for (auto step : state) {
    const auto source = plan_all(files, std::nullopt);
    Silent observer;
    const BatchSummary summary = optimizer.run(*source, options, observer);
    if (summary.failed > 0) throw std::runtime_error("a task failed");
    count += static_cast<std::int64_t>(summary.tasks);
  }
  state.SetItemsProcessed(count);
}
BENCHMARK(dry_run_files)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace imgmill
