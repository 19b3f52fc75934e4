#include "pipeline/byte_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace imgmill {
namespace {

TEST(ByteBudget, CountsWhatIsHeld) {
  ByteBudget budget(100);
  {
    auto first = budget.acquire(60);
    auto second = budget.acquire(40);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(budget.held(), 100);
    first->resize(10);
    EXPECT_EQ(budget.held(), 50);
    second->resize(500);
    EXPECT_EQ(budget.held(), 510) << "growing never waits";
    ByteBudget::Permit moved = std::move(*second);
    EXPECT_EQ(second->bytes(), 0);
    EXPECT_EQ(moved.bytes(), 500);
  }
  EXPECT_EQ(budget.held(), 0);
}

TEST(ByteBudget, LetsAnOversizedOneInWhenAlone) {
  ByteBudget budget(100);
  auto large = budget.acquire(1000);
  ASSERT_TRUE(large);
  EXPECT_EQ(budget.held(), 1000);
  std::atomic<bool> in = false;
  std::jthread small([&] {
    auto permit = budget.acquire(1);
    in = true;
    EXPECT_EQ(budget.held(), 1);
  });
  EXPECT_FALSE(in);
  large->release();
}

TEST(ByteBudget, AStopEndsWaitingAndTheNextIsServed) {
  ByteBudget budget(10);
  auto held = budget.acquire(10);
  std::stop_source stop;
  std::jthread gives_up([&] { EXPECT_FALSE(budget.acquire(10, stop.get_token())); });
  std::jthread waits([&] { EXPECT_TRUE(budget.acquire(5)); });
  stop.request_stop();
  gives_up.join();
  held->release();
  waits.join();
  EXPECT_EQ(budget.held(), 0);
}

TEST(ByteBudget, NeverGrantsMoreThanThereIs) {
  constexpr std::uint64_t limit = 1000;
  ByteBudget budget(limit);
  std::atomic<std::uint64_t> held = 0;
  std::atomic<bool> overdrawn = false;
  {
    std::vector<std::jthread> threads;
    for (unsigned seed = 0; seed < 4; ++seed) {
      threads.emplace_back([&, seed] {
        std::mt19937 random(seed);
        for (int i = 0; i < 2000; ++i) {
          const std::uint64_t bytes = 1 + random() % 600;
          auto permit = budget.acquire(bytes);
          ASSERT_TRUE(permit);
          if ((held += bytes) > limit) overdrawn = true;
          held -= bytes;
        }
      });
    }
  }
  EXPECT_FALSE(overdrawn);
  EXPECT_EQ(budget.held(), 0);
}

}  // namespace
}  // namespace imgmill
