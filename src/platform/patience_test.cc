#include "platform/patience.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

namespace imgmill {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// A process that repeats one action until it is killed.
class Busy {
 public:
  explicit Busy(const std::function<void()>& once) : process_(::fork()) {
    while (process_ == 0) once();
  }
  ~Busy() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  [[nodiscard]] std::function<pid_t()> process() const {
    return [process = process_] { return process; };
  }

 private:
  pid_t process_;
};

void compute_for(milliseconds time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
  }
}

std::string verdict_within(Patience& patience, milliseconds time) {
  const auto end = Clock::now() + time;
  for (;;) {
    if (std::string verdict = patience.over(); !verdict.empty()) return verdict;
    if (Clock::now() >= end) return {};
    std::this_thread::sleep_for(milliseconds(20));
  }
}

TEST(Patience, EndsWithTheCpuTimeThatWasAllowed) {
  const Busy busy([] { compute_for(milliseconds(10)); });
  Patience one(busy.process(), seconds(1), 1);
  Patience four(busy.process(), seconds(1), 4);
  EXPECT_EQ(verdict_within(one, seconds(60)), "did not finish within 1 s of CPU time");
  EXPECT_EQ(four.over(), "") << "four threads may use four times as much";
}

TEST(Patience, CountsWhatComesAfterItHasBegun) {
  const Busy busy([] { compute_for(milliseconds(10)); });
  Patience first(busy.process(), seconds(1), 1);
  EXPECT_NE(verdict_within(first, seconds(60)), "");
  Patience second(busy.process(), seconds(1), 1);
  EXPECT_EQ(second.over(), "");
}

TEST(Patience, LearnsLaterWhichProcessItIs) {
  const Busy busy([] { compute_for(milliseconds(10)); });
  pid_t known = 0;
  Patience patience([&] { return known; }, seconds(1), 1);
  EXPECT_EQ(patience.over(), "");
  known = busy.process()();
  EXPECT_EQ(verdict_within(patience, seconds(60)), "did not finish within 1 s of CPU time");
}

TEST(Patience, EndsWhereNothingIsDone) {
  const Busy idle([] { ::pause(); });
  Patience patience(idle.process(), seconds(1), 1);
  EXPECT_EQ(verdict_within(patience, seconds(30)), "did nothing for 1 s");
}

TEST(Patience, LastsWhileASlowMachineGetsOn) {
  const Busy slow([] {
    compute_for(milliseconds(5));
    std::this_thread::sleep_for(milliseconds(95));
  });
  Patience patience(slow.process(), seconds(1), 1);
  EXPECT_EQ(verdict_within(patience, milliseconds(2'500)), "");
}

// As after Ctrl-Z: nobody checked, and nothing was done.
TEST(Patience, DoesNotCountTheTimeInWhichNobodyCouldLook) {
  const Busy idle([] { ::pause(); });
  Patience patience(idle.process(), seconds(2), 1);
  std::this_thread::sleep_for(milliseconds(3'500));
  EXPECT_EQ(patience.over(), "");
  EXPECT_EQ(verdict_within(patience, seconds(30)), "did nothing for 2 s");
}

}  // namespace
}  // namespace imgmill
