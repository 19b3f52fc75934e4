// Tests the pool against workers that crash, hang, lie and try to escape the sandbox.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "pool/process_executor.h"
#include "pool/process_pool.h"
#include "pool/worker_process.h"
#include "sandbox/sandbox.h"
#include "support/faulty_workers.h"
#include "support/make.h"

namespace imgmill {
namespace {

using test::executor_with, test::faulty, test::faulty_options, test::picture, test::run;

struct FaultCase {
  const char* name;
  const char* says;  ///< in the error message
  const char* kind;  ///< in the metrics
  int attempts;      ///< until the pool gives up
  bool needs_seccomp = false;
};

class Faults : public testing::TestWithParam<FaultCase> {};
INSTANTIATE_TEST_SUITE_P(
    All, Faults,
    testing::Values(
        FaultCase{"crash-in-decode", "crashed (SIGSEGV)", "signal", 2},
        FaultCase{"crash-in-encode", "its last words: encoded", "signal", 2},
        FaultCase{"abort", "crashed (SIGABRT)", "signal", 2},
        FaultCase{"divide", "crashed (SIGFPE)", "signal", 2},
        FaultCase{"stack", "crashed (SIGSEGV)", "signal", 2},
        FaultCase{"words", "then it died", "signal", 2},
        FaultCase{"exit", "ended without an answer (exit status 0)", "exit", 2},
        FaultCase{"hang-up", "closed its connection", "protocol", 2},
        FaultCase{"huge-output", "its output has 1125899906842624 bytes", "protocol", 2},
        FaultCase{"no-output", "its output has 0 bytes", "protocol", 2},
        FaultCase{"short-output", "not as long as it said", "protocol", 2},
        FaultCase{"other-format", "not of the format it said", "protocol", 2},
        FaultCase{"keeps-writing", "holds on to the memory of its output", "protocol", 2},
        FaultCase{"garbage", "none of imgmill's", "protocol", 2},
        FaultCase{"wrong-image", "about another image", "protocol", 2},
        FaultCase{"open", "forbidden system call (openat)", "violation", 1, true},
        FaultCase{"create", "forbidden system call (openat)", "violation", 1, true},
        FaultCase{"unlink", "forbidden system call (unlink)", "violation", 1, true},
        FaultCase{"connect", "forbidden system call (socket)", "violation", 1, true},
        FaultCase{"exec", "forbidden system call (execve)", "violation", 1, true},
        FaultCase{"fork", "forbidden system call (clone)", "violation", 1, true},
        FaultCase{"ptrace", "forbidden system call (ptrace)", "violation", 1, true},
        FaultCase{"shoot", "forbidden system call (kill)", "violation", 1, true}),
    [](const auto& test_case) {
      std::string name = test_case.param.name;
      std::erase(name, '-');
      return name;
    });

TEST_P(Faults, CostOneImageAndAreToldInFull) {
  const FaultCase& fault = GetParam();
  if (fault.needs_seccomp && built_with_sanitizer()) GTEST_SKIP() << "no seccomp under sanitizers";
  if (built_with_sanitizer() && std::string_view(fault.name) == "stack") {
    GTEST_SKIP() << "the sanitizer has a stack of its own kind";
  }
  const auto executor = executor_with(faulty_options());
  const std::string image = faulty(fault.name);
  const Result<Optimized> bad = run(*executor, image);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), ErrorCode::fault);
  EXPECT_NE(bad.error().message().find(fault.says), std::string::npos) << bad.error().message();
  EXPECT_EQ(bad.error().message().find("in two attempts") != std::string::npos,
            fault.attempts == 2);
  EXPECT_FALSE(bad.error().advice().empty());
  const PoolMetrics after = executor->pool().metrics();
  EXPECT_EQ(after.faults.at(fault.kind), static_cast<std::uint64_t>(fault.attempts));
  EXPECT_EQ(after.restarts, static_cast<std::uint64_t>(fault.attempts));

  // The batch continues at full width.
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < executor->width(); ++i) {
      threads.emplace_back([&] { good += run(*executor, picture()).has_value() ? 1 : 0; });
    }
  }
  EXPECT_EQ(good, executor->width());
}

TEST(Fault, AnEndlessLoopEndsWithTheTimeout) {
  OptimizerOptions options = faulty_options();
  options.timeout = std::chrono::seconds(1);
  const auto executor = executor_with(options);
  const Result<Optimized> bad = run(*executor, faulty("loop"));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), ErrorCode::fault);
  EXPECT_NE(bad.error().message().find("within 1 s"), std::string::npos) << bad.error().message();
  EXPECT_TRUE(run(*executor, picture()));
}

TEST(Fault, DoingNothingEndsWithTheTimeoutToo) {
  OptimizerOptions options = faulty_options();
  options.timeout = std::chrono::seconds(1);
  const auto executor = executor_with(options);
  const Result<Optimized> bad = run(*executor, faulty("sleep"));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), ErrorCode::fault);
  EXPECT_NE(bad.error().message().find("did nothing for 1 s"), std::string::npos)
      << bad.error().message();
  EXPECT_TRUE(run(*executor, picture()));
}

// Ctrl-Z stops the program but not its workers; after fg it receives what they have produced
// meanwhile.
TEST(Fault, AStopOfThisProcessIsNobodysTimeout) {
  OptimizerOptions options = faulty_options();
  options.timeout = std::chrono::seconds(1);
  const auto executor = executor_with(options);
  ASSERT_TRUE(run(*executor, picture()));  // its workers have started
  const pid_t parent = ::getpid();
  const pid_t stopper = ::fork();
  if (stopper == 0) {
    ::usleep(200'000);
    ::kill(parent, SIGSTOP);
    ::usleep(2'500'000);
    ::kill(parent, SIGCONT);
    ::_exit(0);
  }
  const Result<Optimized> late = run(*executor, faulty("late"));
  EXPECT_TRUE(late) << late.error().describe();
  EXPECT_EQ(executor->pool().metrics().faults["timeout"], 0);
  ::waitpid(stopper, nullptr, 0);
}

TEST(Fault, WhatWasSaidOfOneImageIsNotToldOfAnother) {
  const auto executor = executor_with(faulty_options(1));
  ASSERT_TRUE(run(*executor, faulty("complaint")));
  const Result<Optimized> bad = run(*executor, faulty("words"));
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message().find("then it died"), std::string::npos);
  // A second attempt would run in another worker, where nothing of it would be left anyway.
  ASSERT_TRUE(run(*executor, faulty("complaint")));
  if (built_with_sanitizer()) return;  // a sanitizer build forbids no system calls
  const Result<Optimized> forbidden = run(*executor, faulty("unlink"));
  ASSERT_FALSE(forbidden);
  EXPECT_EQ(forbidden.error().message().find("never mind"), std::string::npos)
      << forbidden.error().message();
}

TEST(Allowance, GrowsWithTheFileAndTheEffort) {
  const std::chrono::seconds timeout(60);
  const std::vector<std::byte> large(std::size_t{40} << 20);
  const ImageSettings usual;
  ImageSettings thorough;
  thorough.effort = Effort::max;
  const Limits limits;
  EXPECT_EQ(allowance_for({ByteView(large).first(1000), usual, limits}, 1000, timeout), timeout);
  EXPECT_EQ(
      allowance_for({ByteView(large).first(1000), usual, limits}, std::uint64_t{3} << 30, timeout),
      3 * timeout);
  EXPECT_EQ(allowance_for({large, usual, limits}, 1000, timeout), 2 * timeout);
  EXPECT_EQ(allowance_for({large, thorough, limits}, 1000, timeout), 8 * timeout);
}

TEST(Fault, AnEndlessAllocationEndsAtTheLimit) {
  if (built_with_sanitizer()) GTEST_SKIP() << "no bound on address space under sanitizers";
  const auto executor = executor_with(faulty_options());
  const Result<Optimized> bad = run(*executor, faulty("memory"));
  ASSERT_FALSE(bad);
  // The worker detects this itself, and survives.
  EXPECT_EQ(bad.error().code(), ErrorCode::limit);
  EXPECT_NE(bad.error().message().find("not enough memory"), std::string::npos);
  EXPECT_EQ(executor->pool().metrics().restarts, 0);
  EXPECT_TRUE(run(*executor, picture()));
}

TEST(Fault, TheInputCannotBeChangedBehindTheParentsBack) {
  const auto executor = executor_with(faulty_options());
  const std::string image = faulty("scribble");
  Result<Buffer> input = executor->input_buffer(image.size());
  ASSERT_TRUE(input);
  image.copy(reinterpret_cast<char*>(input->data()), image.size());
  const Result<Optimized> outcome = run(*executor, as_text(input->view()));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message(), "the input is read-only");
  EXPECT_EQ(as_text(input->view()), image);
}

}  // namespace
}  // namespace imgmill
