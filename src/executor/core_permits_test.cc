#include "executor/core_permits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "executor/executor.h"

namespace imgmill {
namespace {

TEST(CorePermits, NeverMoreInUseThanThereAreAndEverybodyGetsATurn) {
  constexpr int total = 4;
  CorePermits permits(total);
  std::atomic<int> in_use = 0;
  std::atomic<int> most = 0;
  std::atomic<int> turns = 0;
  {
    std::vector<std::jthread> threads;
    for (unsigned seed = 0; seed < 8; ++seed) {
      threads.emplace_back([&, seed] {
        std::mt19937 random(seed);
        for (int i = 0; i < 300; ++i) {
          const int count = static_cast<int>(random() % 2 * (total - 1) + 1);  // one or all
          const auto hold = permits.acquire(count);
          const int now = in_use += count;
          for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
          }
          ++turns;
          in_use -= count;
        }
      });
    }
  }
  EXPECT_EQ(turns, 8 * 300);
  EXPECT_LE(most, total);
  EXPECT_GT(most, 1);
}

TEST(ThreadExecutor, AnAskedNumberOfJobsIsItsWidth) {
  EXPECT_EQ(make_thread_executor(3)->width(), 3);
  EXPECT_GE(make_thread_executor(0)->width(), 2);
}

}  // namespace
}  // namespace imgmill
