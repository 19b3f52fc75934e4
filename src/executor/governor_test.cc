#include "executor/governor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace imgmill {
namespace {

const ImageSettings settings;
const Limits limits;
const std::vector<std::byte> large_file(2 << 20);

Work work(std::size_t size, std::size_t left) {
  return {ByteView(large_file).first(size), settings, limits, left};
}

TEST(Governor, GivesTheLastImagesTheCoresThatAreLeft) {
  Governor governor(0, 8);
  const auto threads = [&](std::size_t left) {
    return governor.acquire(work(100, left), Governor::Threads::spare)->threads;
  };
  EXPECT_EQ(threads(Work::many), 1);
  EXPECT_EQ(threads(8), 1);
  EXPECT_EQ(threads(5), 1);
  EXPECT_EQ(threads(4), 2);
  EXPECT_EQ(threads(3), 2);
  EXPECT_EQ(threads(1), 8);
  EXPECT_EQ(threads(0), 8);
  EXPECT_EQ(governor.acquire(work(100, 1), Governor::Threads::one)->threads, 1);
}

TEST(Governor, AnAskedNumberOfJobsIsAPromise) {
  Governor governor(3, 64);
  EXPECT_EQ(governor.width(), 3);
  EXPECT_EQ(governor.cores(), 3);
  EXPECT_EQ(governor.acquire(work(100, 1), Governor::Threads::spare)->threads, 3);
}

TEST(Governor, TwoSmallImagesShareACoreAndALargeOneHasItAlone) {
  Governor governor(0, 1);
  EXPECT_EQ(governor.width(), 2);
  std::atomic<int> small_inside = 2;
  std::jthread large;
  {
    const auto first = governor.acquire(work(100, Work::many), Governor::Threads::spare);
    const auto second = governor.acquire(work(100, Work::many), Governor::Threads::spare);
    large = std::jthread([&] {
      const auto share = governor.acquire(work(2 << 20, Work::many), Governor::Threads::spare);
      EXPECT_EQ(small_inside, 0);
    });
    std::this_thread::yield();
    small_inside = 0;
  }
  large.join();
}

TEST(Governor, LittleMemoryMakesFewerAtOnceAndLargeImagesGetTheCoresOfThoseThatWait) {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20;
  EXPECT_EQ(Governor(0, 8, 512 * mib).width(), 5);
  EXPECT_EQ(Governor(3, 8, 100 * mib).width(), 1);
  Governor governor(0, 8, 4096 * mib);
  EXPECT_EQ(governor.width(), 16);
  const auto threads = [&](std::uint64_t need) {
    return governor.acquire(work(3, Work::many), Governor::Threads::spare, need)->threads;
  };
  EXPECT_EQ(threads(0), 1);
  EXPECT_EQ(threads(200 * mib), 1);
  EXPECT_EQ(threads(600 * mib), 2);
  EXPECT_EQ(threads(1200 * mib), 4);
  EXPECT_EQ(threads(3000 * mib), 8);
}

TEST(Governor, NeverMoreThreadsThanCores) {
  for (const int jobs : {0, 5}) {
    Governor governor(jobs, 4);
    std::atomic<int> twice_in_use = 0;  // in half cores
    std::atomic<int> most = 0;
    {
      std::vector<std::jthread> threads;
      for (int seed = 0; seed < governor.width(); ++seed) {
        threads.emplace_back([&, seed] {
          std::mt19937 random(static_cast<unsigned>(seed));
          for (int i = 0; i < 200; ++i) {
            const bool small = random() % 2 == 0;
            const std::size_t left = random() % 3 == 0 ? random() % 6 : Work::many;
            const auto share =
                governor.acquire(work(small ? 100 : 2 << 20, left), Governor::Threads::spare);
            const bool half = small && share->threads == 1 && jobs == 0;
            const int mine = half ? 1 : 2 * share->threads;
            const int now = twice_in_use += mine;
            for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
            }
            std::this_thread::yield();
            twice_in_use -= mine;
          }
        });
      }
    }
    EXPECT_LE(most, 2 * governor.cores()) << jobs;
    EXPECT_GT(most, 2);
  }
}

}  // namespace
}  // namespace imgmill
