#include "base/time_left.h"

#include <atomic>
#include <cstdint>
#include <ctime>
#include <limits>

namespace imgmill {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
std::atomic<std::int64_t> short_from{never};  // nanoseconds of this process's CPU time
std::atomic<bool> gave_up = false;

std::int64_t cpu_time() {
  timespec time{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) return 0;
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

void set_time_left(std::chrono::seconds cpu_time_left) {
  const std::int64_t half = std::chrono::nanoseconds(cpu_time_left).count() / 2;
  gave_up = false;
  short_from = half > 0 ? cpu_time() + half : never;
}

bool time_is_short() { return short_from != never && cpu_time() >= short_from; }

bool given_up_for_time() {
  if (!time_is_short()) return false;
  gave_up = true;
  return true;
}

bool has_given_up() { return gave_up; }

}  // namespace imgmill
