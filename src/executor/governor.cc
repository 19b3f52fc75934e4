#include "executor/governor.h"

#include <algorithm>
#include <utility>

namespace imgmill {
namespace {

constexpr std::size_t small_image = 1024 * 1024;  // file size in bytes
constexpr int most_jobs = 1024;

}  // namespace

Governor::Governor(int jobs, int cores, std::uint64_t memory)
    : cores_(std::clamp(jobs > 0 ? jobs : cores, 1, most_jobs)),
      permits_per_core_(jobs > 0 ? 1 : 2),
      width_(MemoryPermits::workers_within(memory, permits_per_core_ * cores_)),
      permits_(permits_per_core_ * cores_),
      memory_(memory, width_) {}

std::optional<Governor::Share> Governor::acquire(const Work& work, Threads threads,
                                                 std::uint64_t memory, std::stop_token stop) {
  std::optional<MemoryPermits::Hold> room = memory_.acquire(memory, std::move(stop));
  if (!room) return std::nullopt;
  int wanted = 1;
  if (threads == Threads::spare) {
    const auto left = static_cast<int>(std::min<std::size_t>(work.images_left, most_jobs));
    const int abreast = std::min(left, memory_.abreast(memory));
    if (abreast < cores_) wanted = cores_ / std::max(1, abreast);
  }
  const bool shares_a_core = wanted == 1 && work.input.size() < small_image;
  return Share{*std::move(room), permits_.acquire(shares_a_core ? 1 : wanted * permits_per_core_),
               wanted};
}

}  // namespace imgmill
