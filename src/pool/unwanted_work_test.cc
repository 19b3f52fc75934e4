// Work that nobody wants any more is ended where it is, and is nobody's fault.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "pool/process_executor.h"
#include "support/faulty_workers.h"

namespace imgmill {
namespace {

using std::chrono::milliseconds;

using test::executor_with, test::faulty_options, test::picture;

std::unique_ptr<ProcessExecutor> executor() { return executor_with(faulty_options(1)); }

Result<Optimized> run(Executor& executor, const std::string& image,
                      const std::stop_token& unwanted = {}, const std::stop_token& stop = {}) {
  return test::run(executor, image, {}, unwanted, stop);
}

TEST(UnwantedWork, IsEndedAtOnceAndBlamedOnNobody) {
  const auto workers = executor();
  // One that computes for ever, and one that waits for ever.
  for (const char* fault : {"FAULT:loop;", "FAULT:sleep;"}) {
    std::stop_source stop;
    std::jthread canceller([&] {
      std::this_thread::sleep_for(milliseconds(300));
      stop.request_stop();
    });
    const auto start = std::chrono::steady_clock::now();
    const Result<Optimized> ended = run(*workers, picture() + fault, stop.get_token());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code(), ErrorCode::cancelled) << ended.error().describe();
    EXPECT_TRUE(run(*workers, picture())) << "another worker is there";
  }
  const PoolMetrics metrics = workers->pool().metrics();
  EXPECT_EQ(metrics.restarts, 0U);
  EXPECT_TRUE(metrics.faults.empty());
  EXPECT_EQ(metrics.spawns, 3U);
}

TEST(UnwantedWork, IsNotBegun) {
  const auto workers = executor();
  std::stop_source stop;
  stop.request_stop();
  const Result<Optimized> ended =
      run(*workers, picture() + "FAULT:loop;", stop.get_token(), stop.get_token());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code(), ErrorCode::cancelled);
  EXPECT_TRUE(run(*workers, picture()));
}

TEST(UnwantedWork, OfOthersGoesOn) {
  const auto workers = executor();
  std::stop_source stop;
  ASSERT_TRUE(run(*workers, picture(), stop.get_token()));
  stop.request_stop();  // too late
  EXPECT_TRUE(run(*workers, picture()));
  EXPECT_EQ(workers->pool().metrics().spawns, 1U);
}

}  // namespace
}  // namespace imgmill
