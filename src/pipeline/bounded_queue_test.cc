#include "pipeline/bounded_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace imgmill {
namespace {

TEST(BoundedQueue, RemembersTheMostItHeld) {
  BoundedQueue<int> queue(5);
  EXPECT_EQ(queue.most(), 0);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(queue.push(i));
  while (queue.try_pop()) {
  }
  ASSERT_TRUE(queue.push(1));
  EXPECT_EQ(queue.most(), 3);
}

TEST(BoundedQueue, BehavesLikeADequeInOneThread) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const std::size_t capacity = 1 + random() % 7;
    BoundedQueue<int> queue(capacity);
    std::deque<int> model;
    for (int step = 0; step < 500; ++step) {
      if (random() % 2 == 0 && model.size() < capacity) {
        int value = step;
        ASSERT_TRUE(queue.push(value));
        model.push_back(step);
      } else {
        const std::optional<int> got = queue.try_pop();
        ASSERT_EQ(got.has_value(), !model.empty());
        if (got) {
          ASSERT_EQ(*got, model.front());
          model.pop_front();
        }
      }
      ASSERT_EQ(queue.size(), model.size());
    }
    queue.close();
    int refused = 1;
    EXPECT_FALSE(queue.push(refused));
    while (const std::optional<int> got = queue.pop()) {
      ASSERT_EQ(*got, model.front());
      model.pop_front();
    }
    EXPECT_TRUE(model.empty());
  }
}

TEST(BoundedQueue, GivesEachEntryToExactlyOneOfManyAndKeepsEachWritersOrder) {
  constexpr int writers = 3;
  constexpr int readers = 3;
  constexpr int each = 3000;
  BoundedQueue<std::pair<int, int>> queue(5);
  std::atomic<bool> too_long = false;
  std::vector<std::vector<std::pair<int, int>>> got(readers);
  {
    std::vector<std::jthread> reading;
    for (int r = 0; r < readers; ++r) {
      reading.emplace_back([&, r] {
        while (const auto entry = queue.pop()) {
          got[static_cast<std::size_t>(r)].push_back(*entry);
          if (queue.size() > queue.capacity()) too_long = true;
        }
      });
    }
    {
      std::vector<std::jthread> writing;
      for (int w = 0; w < writers; ++w) {
        writing.emplace_back([&, w] {
          for (int i = 0; i < each; ++i) ASSERT_TRUE(queue.push({w, i}));
        });
      }
    }
    queue.close();
  }
  EXPECT_FALSE(too_long);
  std::vector<std::pair<int, int>> all;
  for (const auto& part : got) {
    std::vector<int> last(writers, -1);
    for (const auto& [writer, number] : part) {
      EXPECT_GT(number, last[static_cast<std::size_t>(writer)]);
      last[static_cast<std::size_t>(writer)] = number;
    }
    all.insert(all.end(), part.begin(), part.end());
  }
  std::ranges::sort(all);
  ASSERT_EQ(all.size(), std::size_t{writers} * each);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST(BoundedQueue, AStopEndsWaitingAndLeavesTheValueWithItsOwner) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  ASSERT_TRUE(queue.push(std::make_unique<int>(1)));
  std::stop_source stop;
  std::jthread writer([&] {
    auto value = std::make_unique<int>(2);
    EXPECT_FALSE(queue.push(value, stop.get_token()));
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, 2);
  });
  BoundedQueue<int> empty(1);
  std::jthread reader([&] { EXPECT_FALSE(empty.pop(stop.get_token())); });
  stop.request_stop();
  writer.join();
  reader.join();
  EXPECT_EQ(**queue.pop(), 1) << "what was in stays in";
}

TEST(BoundedQueue, ClosingWakesEverybody) {
  BoundedQueue<int> full(1);
  BoundedQueue<int> empty(1);
  ASSERT_TRUE(full.push(1));
  std::jthread writer([&] { EXPECT_FALSE(full.push(2)); });
  std::jthread reader([&] { EXPECT_FALSE(empty.pop()); });
  full.close();
  empty.close();
}

}  // namespace
}  // namespace imgmill
