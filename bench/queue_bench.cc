// Measures the cost of passing an entry through a queue.
#include <benchmark/benchmark.h>

#include <thread>
#include <vector>

#include "pipeline/bounded_queue.h"
#include "pipeline/byte_budget.h"

namespace imgmill {
namespace {

void queue_alone(benchmark::State& state) {
  BoundedQueue<std::uint64_t> queue(50);
  for (auto step : state) {
    benchmark::DoNotOptimize(queue.push(1));
    benchmark::DoNotOptimize(queue.try_pop());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(queue_alone);

/// `range(0)` writers and as many readers share a queue of `range(1)` entries.
void queue_between_threads(benchmark::State& state) {
  constexpr int each = 20'000;
  const auto threads = static_cast<int>(state.range(0));
  for (auto step : state) {
    BoundedQueue<std::uint64_t> queue(static_cast<std::size_t>(state.range(1)));
    std::vector<std::jthread> readers;
    std::vector<std::jthread> writers;
    for (int i = 0; i < threads; ++i) {
      readers.emplace_back([&] {
        while (queue.pop()) {
        }
      });
      writers.emplace_back([&] {
        for (int n = 0; n < each; ++n) benchmark::DoNotOptimize(queue.push(1));
      });
    }
    writers.clear();
    queue.close();
    readers.clear();
  }
  state.SetItemsProcessed(state.iterations() * threads * each);
}
BENCHMARK(queue_between_threads)
    ->Args({1, 1})
    ->Args({1, 50})
    ->Args({2, 50})
    ->Args({4, 50})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void budget_alone(benchmark::State& state) {
  ByteBudget budget(1 << 20);
  for (auto step : state) {
    auto permit = budget.acquire(1000);
    permit->resize(500);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(budget_alone);

}  // namespace
}  // namespace imgmill
