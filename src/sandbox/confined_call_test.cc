#include "sandbox/confined_call.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <string>

namespace imgmill {
namespace {

using ::testing::HasSubstr;

Result<ConfinedAnswer> run(std::function<std::string()> work, ConfinedCall call = {}) {
  call.work = std::move(work);
  return call_confined(call);
}

std::string failure(const Result<ConfinedAnswer>& result, ErrorCode code = ErrorCode::fault) {
  if (result) return "answered: " + result->bytes;
  EXPECT_EQ(result.error().code(), code);
  return result.error().describe();
}

TEST(ConfinedCall, BringsBackAnyBytesAtAnyLength) {
  const std::string large(std::size_t{3} << 20, '\0');
  const auto answer = run([&] { return large + "end"; });
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->bytes, large + "end");
  const auto nothing = run([] { return std::string(); });
  ASSERT_TRUE(nothing) << nothing.error().describe();
  EXPECT_EQ(nothing->bytes, "");
}

TEST(ConfinedCall, SeesTheCallersMemoryAndChangesNothingOfIt) {
  std::string text = "before";
  const auto answer = run([&] {
    text += " and after";
    return text;
  });
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->bytes, "before and after");
  EXPECT_EQ(text, "before");
}

TEST(ConfinedCall, TellsHowTheChildHasDied) {
  EXPECT_THAT(failure(run([]() -> std::string {
                ::signal(SIGSEGV, SIG_DFL);
                ::raise(SIGSEGV);
                return "alive";
              })),
              HasSubstr("crashed (SIGSEGV)"));
  EXPECT_THAT(failure(run([]() -> std::string { ::_exit(7); })), HasSubstr("exit status 7"));
  EXPECT_THAT(failure(run([]() -> std::string { throw std::runtime_error("no way"); })),
              HasSubstr("no way"));
}

TEST(ConfinedCall, QuotesWhatTheChildHasSaid) {
  const std::string told = failure(run([]() -> std::string {
    const std::string_view words = "something is odd\n";
    if (::write(STDERR_FILENO, words.data(), words.size()) < 0) ::_exit(1);
    ::_exit(3);
  }));
  EXPECT_THAT(told, HasSubstr("it said: something is odd"));
}

TEST(ConfinedCall, GivesUpOnAChildThatHangsOrTalksTooMuch) {
  ConfinedCall impatient;
  impatient.timeout = std::chrono::seconds(1);
  EXPECT_THAT(failure(run(
                  []() -> std::string {
                    std::atomic<unsigned> turns{0};
                    for (;;) ++turns;
                  },
                  impatient)),
              HasSubstr("within 1 s"));
  ConfinedCall strict;
  strict.longest_answer = 1000;
  EXPECT_THAT(failure(run([] { return std::string(1'000'000, 'x'); }, strict)),
              HasSubstr("too long"));
}

TEST(ConfinedCall, KeepsTheChildFromFiles) {
  if (built_with_sanitizer()) GTEST_SKIP() << "no seccomp in this build";
  const auto answer = run([] {
    const int file = ::open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    return std::string(file >= 0 ? "opened" : "refused");
  });
  // With seccomp the call terminates the child; landlock alone makes it fail.
  if (answer) {
    EXPECT_EQ(answer->bytes, "refused") << answer->missing_layers;
  } else {
    EXPECT_THAT(failure(answer), HasSubstr("forbidden system call (openat)"));
  }
}

TEST(ConfinedCall, PreparesOutsideOfTheSandbox) {
  ConfinedCall call;
  int file = -1;
  call.prepare = [&] { file = ::open("/dev/null", O_RDONLY | O_CLOEXEC); };
  const auto answer = run([&] { return std::to_string(file >= 0); }, call);
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->bytes, "1");
  EXPECT_EQ(file, -1);
}

TEST(ConfinedCall, WithoutASandboxOnlyTheProcessIsApart) {
  ConfinedCall call;
  call.mode = SandboxMode::off;
  const auto answer = run(
      [] {
        const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        return std::string(file >= 0 ? "opened" : "refused");
      },
      call);
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->bytes, "opened");
  EXPECT_EQ(answer->missing_layers, "");
}

}  // namespace
}  // namespace imgmill
