#include "executor/governor.h"

#include <algorithm>

namespace imgmill {
namespace {

constexpr std::size_t small_image = 1024 * 1024;  // bytes of the file
constexpr int most_jobs = 1024;

}  // namespace

Governor::Governor(int jobs, int cores)
    : cores_(std::clamp(jobs > 0 ? jobs : cores, 1, most_jobs)),
      permits_per_core_(jobs > 0 ? 1 : 2),
      permits_(width()) {}

Governor::Share Governor::acquire(const Work& work, Threads threads) {
  int wanted = 1;
  if (threads == Threads::spare && work.images_left < static_cast<std::size_t>(cores_)) {
    wanted = cores_ / static_cast<int>(std::max<std::size_t>(1, work.images_left));
  }
  const bool shares_a_core = wanted == 1 && work.input.size() < small_image;
  return {permits_.acquire(shares_a_core ? 1 : wanted * permits_per_core_), wanted};
}

}  // namespace imgmill
