#include "png/parallel_for.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace imgmill::png {
namespace {

TEST(Lanes, DoEachPieceOnceAndKeepLanesApart) {
  for (const int thread_count : {-1, 1, 2, 4, 9}) {
    for (const std::size_t count : {0U, 1U, 3U, 200U}) {
      std::vector<std::atomic<int>> times(count);
      std::vector<std::atomic<int>> inside(16);
      std::atomic<bool> shared = false;
      parallel_for(thread_count, count, [&](std::size_t i, std::size_t thread) {
        ASSERT_LT(thread, static_cast<std::size_t>(std::max(thread_count, 1)));
        if (++inside[thread] != 1) shared = true;
        ++times[i];
        --inside[thread];
      });
      EXPECT_FALSE(shared);
      for (const auto& each : times) EXPECT_EQ(each, 1);
    }
  }
}

TEST(Lanes, WhatIsThrownComesToTheCaller) {
  for (const int thread_count : {1, 3}) {
    std::atomic<int> done = 0;
    const auto work = [&](std::size_t i, std::size_t) {
      if (i == 5) throw std::length_error("five");
      ++done;
    };
    EXPECT_THROW(parallel_for(thread_count, 1000, work), std::length_error);
    EXPECT_LT(done, 1000);
  }
}

}  // namespace
}  // namespace imgmill::png
