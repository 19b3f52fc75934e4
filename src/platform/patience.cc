#include "platform/patience.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace imgmill {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr milliseconds look_every{200};
// A longer interval between two checks means that this process was stopped or the machine was
// overloaded.
constexpr milliseconds longest_look{1'000};
// Progress means at least 1/100 of a core.
constexpr int least_share = 100;

}  // namespace

Patience::Patience(std::function<pid_t()> process, seconds allowance, int threads)
    : process_(std::move(process)),
      allowance_(allowance),
      threads_(std::max(threads, 1)),
      before_(used()),
      at_mark_(before_),
      looked_(Clock::now()) {}

milliseconds Patience::next_look() { return look_every; }

nanoseconds Patience::used() const {
  clockid_t clock{};
  timespec time{};
  const pid_t process = process_();
  if (process <= 0 || ::clock_getcpuclockid(process, &clock) != 0 ||
      ::clock_gettime(clock, &time) != 0) {
    return nanoseconds(0);
  }
  return seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

std::string Patience::over() {
  const Clock::time_point now = Clock::now();
  awake_ += std::min<nanoseconds>(now - looked_, longest_look);
  looked_ = now;
  const nanoseconds cpu = used();
  if (cpu - before_ >= allowance_ * threads_) {
    return fmt::format("did not finish within {} s of CPU time", (allowance_ * threads_).count());
  }
  if (cpu - at_mark_ >= nanoseconds(allowance_) / least_share) {
    at_mark_ = cpu;
    awake_ = nanoseconds(0);
  }
  if (awake_ >= allowance_) return fmt::format("did nothing for {} s", allowance_.count());
  return {};
}

}  // namespace imgmill
