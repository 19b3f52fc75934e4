#include "executor/memory_permits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <random>
#include <thread>
#include <vector>

namespace imgmill {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

TEST(MemoryPermits, SharesAreSetApart) {
  const MemoryPermits plenty(8192 * mib, 4);
  EXPECT_EQ(plenty.share(), MemoryPermits::usual_share);
  EXPECT_EQ(plenty.abreast(1000 * mib), 7);
  const MemoryPermits little(256 * mib, 2);
  EXPECT_EQ(little.share(), 64 * mib);
  EXPECT_EQ(little.abreast(100 * mib), 1);
  EXPECT_EQ(MemoryPermits::workers_within(256 * mib, 8), 2);
  EXPECT_EQ(MemoryPermits::workers_within(8192 * mib, 8), 8);
  EXPECT_EQ(MemoryPermits::workers_within(1 * mib, 8), 1);
}

// Images in work never use more than the budget, and every image gets its turn.
TEST(MemoryPermits, StayWithinTheBudget) {
  constexpr std::uint64_t budget = 2048 * mib;
  constexpr int workers = 4;
  MemoryPermits permits(budget, workers);
  std::atomic<std::uint64_t> taken = 0;
  std::atomic<std::uint64_t> most = 0;
  std::atomic<int> inside = 0;
  std::atomic<int> most_inside = 0;
  std::atomic<int> turns = 0;
  {
    std::vector<std::jthread> threads;
    for (unsigned seed = 0; seed < 10; ++seed) {
      threads.emplace_back([&, seed] {
        std::mt19937 random(seed);
        for (int i = 0; i < 200; ++i) {
          const std::uint64_t wanted = (random() % 3 == 0 ? random() % 3000 : random() % 90) * mib;
          const auto hold = permits.acquire(wanted);
          ASSERT_TRUE(hold);
          const std::uint64_t now = taken += hold->bytes();
          for (std::uint64_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
          }
          const int together = ++inside;
          for (int seen = most_inside;
               together > seen && !most_inside.compare_exchange_weak(seen, together);) {
          }
          ++turns;
          std::this_thread::yield();
          --inside;
          taken -= hold->bytes();
        }
      });
    }
  }
  EXPECT_EQ(turns, 10 * 200);
  EXPECT_LE(most, budget);
  EXPECT_GT(most, budget / 2);
  EXPECT_LE(most_inside, workers);
  EXPECT_GT(most_inside, 1);
}

// A large image that waits for another large one is overtaken by small ones only.
TEST(MemoryPermits, LargeOnesWaitWithoutHoldingUpSmallOnes) {
  MemoryPermits permits(1024 * mib, 4);
  auto first = std::make_unique<std::optional<MemoryPermits::Hold>>(permits.acquire(500 * mib));
  std::atomic<int> order = 0;
  std::atomic<int> second_at = 0;
  std::atomic<int> third_at = 0;
  std::jthread second([&] {
    const auto hold = permits.acquire(400 * mib);
    second_at = ++order;
  });
  while (!permits.acquire(10 * mib)) {
  }
  std::jthread third([&] {
    while (second_at == 0 && order == 0) std::this_thread::yield();
    const auto hold = permits.acquire(400 * mib);
    third_at = ++order;
  });
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(permits.acquire(10 * mib));
  EXPECT_EQ(second_at, 0);
  first.reset();
  second.join();
  third.join();
  EXPECT_EQ(second_at, 1);
  EXPECT_EQ(third_at, 2);
}

TEST(MemoryPermits, WhatNeedsNearlyAllGoesAlone) {
  MemoryPermits permits(1024 * mib, 4);
  auto small = std::make_unique<std::optional<MemoryPermits::Hold>>(permits.acquire(1));
  std::atomic<bool> huge_inside = false;
  std::promise<void> leave;
  std::jthread huge([&] {
    // The caller must reject a request above the budget; here it counts as the whole budget.
    const auto hold = permits.acquire(5000 * mib);
    EXPECT_EQ(hold->bytes(), 1024 * mib);
    huge_inside = true;
    leave.get_future().wait();
    huge_inside = false;
  });
  small.reset();
  while (!huge_inside) std::this_thread::yield();
  std::jthread later([&] {
    const auto hold = permits.acquire(1);
    EXPECT_FALSE(huge_inside);
  });
  leave.set_value();
}

TEST(MemoryPermits, AStopEndsTheWaiting) {
  MemoryPermits permits(1024 * mib, 2);
  const auto all = permits.acquire(1024 * mib);
  std::stop_source stop;
  auto waiting = std::async(
      std::launch::async, [&] { return permits.acquire(600 * mib, stop.get_token()).has_value(); });
  auto small = std::async(std::launch::async,
                          [&] { return permits.acquire(1, stop.get_token()).has_value(); });
  stop.request_stop();
  EXPECT_FALSE(waiting.get());
  EXPECT_FALSE(small.get());
}

}  // namespace
}  // namespace imgmill
