// Compares validation in place, in chunks of 50, with two ways that copy each task: a thread per
// task, and a pool job per task.
#include <benchmark/benchmark.h>

#include <functional>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "batch/validate.h"
#include "many_files.h"
#include "pipeline/bounded_queue.h"
#include "platform/cpu.h"

namespace imgmill {
namespace {

constexpr std::size_t task_count = 10'000;

const std::vector<ImageTask>& all_tasks() {
  static const std::vector<ImageTask> tasks = [] {
    const bench::ManyFiles& files = bench::hundred_thousand_files();
    PlanRequest request;
    request.inputs = {files.input()};
    request.output = files.output();
    auto source = plan(std::move(request));
    if (!source) throw std::runtime_error(source.error().describe());
    std::vector<ImageTask> planned;
    while (planned.size() < task_count) planned.push_back(**(*source)->next());
    return planned;
  }();
  return tasks;
}

void expect_good(const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    if (verdict.error) throw std::runtime_error(verdict.error->describe());
  }
}

/// Validates a single task, as both naive ways do.
Verdict validate_one(const ImageTask& task) {
  Verdict verdict;
  Validator({}, 1).validate(std::span(&task, 1), std::span(&verdict, 1));
  return verdict;
}

void validate_in_place(benchmark::State& state) {
  const std::vector<ImageTask>& tasks = all_tasks();
  std::vector<Verdict> verdicts(tasks.size());
  Validator validator({}, core_budget().cores);
  for (auto step : state) {
    for (std::size_t at = 0; at < tasks.size(); at += validation_chunk) {
      const std::size_t count = std::min(validation_chunk, tasks.size() - at);
      validator.validate(std::span(tasks).subspan(at, count),
                         std::span(verdicts).subspan(at, count));
    }
  }
  expect_good(verdicts);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * tasks.size()));
}
BENCHMARK(validate_in_place)->Unit(benchmark::kMillisecond)->UseRealTime();

void validate_copy_and_spawn(benchmark::State& state) {
  const std::vector<ImageTask>& tasks = all_tasks();
  std::vector<Verdict> verdicts(tasks.size());
  for (auto step : state) {
    for (std::size_t at = 0; at < tasks.size(); at += validation_chunk) {
      std::vector<std::future<Verdict>> chunk;
      const std::size_t end = std::min(at + validation_chunk, tasks.size());
      for (std::size_t i = at; i < end; ++i) {
        chunk.push_back(
            std::async(std::launch::async, [task = tasks[i]] { return validate_one(task); }));
      }
      for (std::size_t i = 0; i < chunk.size(); ++i) verdicts[at + i] = chunk[i].get();
    }
  }
  expect_good(verdicts);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * tasks.size()));
}
BENCHMARK(validate_copy_and_spawn)->Unit(benchmark::kMillisecond)->UseRealTime();

void validate_copy_and_queue(benchmark::State& state) {
  const std::vector<ImageTask>& tasks = all_tasks();
  std::vector<Verdict> verdicts(tasks.size());
  BoundedQueue<std::packaged_task<Verdict()>> jobs(1000);
  std::vector<std::jthread> pool;
  for (int i = 0; i < core_budget().cores; ++i) {
    pool.emplace_back([&] {
      while (auto job = jobs.pop()) (*job)();
    });
  }
  for (auto step : state) {
    std::vector<std::future<Verdict>> all;
    for (const ImageTask& task : tasks) {
      std::packaged_task<Verdict()> job([task] { return validate_one(task); });
      all.push_back(job.get_future());
      if (!jobs.push(job)) throw std::runtime_error("the queue is closed");
    }
    for (std::size_t i = 0; i < all.size(); ++i) verdicts[i] = all[i].get();
  }
  jobs.close();
  expect_good(verdicts);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * tasks.size()));
}
BENCHMARK(validate_copy_and_queue)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace imgmill
