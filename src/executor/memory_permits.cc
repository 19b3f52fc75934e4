#include "executor/memory_permits.h"

#include <algorithm>

namespace imgmill {

int MemoryPermits::workers_within(std::uint64_t budget, int workers) {
  const std::uint64_t most = budget / 2 / least_share;
  return static_cast<int>(std::clamp<std::uint64_t>(most, 1, static_cast<std::uint64_t>(workers)));
}

MemoryPermits::MemoryPermits(std::uint64_t budget, int workers)
    : workers_(std::max(1, workers)),
      budget_(budget),
      share_(std::min(usual_share, budget / 2 / static_cast<std::uint64_t>(workers_))),
      rest_(budget - share_ * static_cast<std::uint64_t>(workers_)) {}

int MemoryPermits::abreast(std::uint64_t bytes) const {
  return static_cast<int>(
      std::clamp<std::uint64_t>(rest_ / std::max<std::uint64_t>(bytes, 1), 1, 1024));
}

// Requires the mutex. For the request at the head of the line: true if a large image could start
// once all small ones are done.
bool MemoryPermits::has_room(std::uint64_t bytes) const {
  return goes_alone(bytes) ? large_ == 0 : bytes <= rest_ - taken_;
}

bool MemoryPermits::may_go(std::uint64_t bytes) const {
  if (alone_ || small_ + large_ >= workers_) return false;
  if (is_large(bytes)) return has_room(bytes) && (!goes_alone(bytes) || small_ == 0);
  // Otherwise small images would take the place of a large one again and again.
  return waiting_.empty() || !has_room(waiting_.front().second);
}

std::optional<MemoryPermits::Hold> MemoryPermits::acquire(std::uint64_t bytes,
                                                          std::stop_token stop) {
  bytes = std::clamp(bytes, share_, budget_);
  std::unique_lock lock(mutex_);
  if (!is_large(bytes)) {
    if (!changed_.wait(lock, stop, [&] { return may_go(bytes); })) return std::nullopt;
    ++small_;
    return Hold(this, bytes);
  }
  const std::uint64_t ticket = next_ticket_++;
  waiting_.emplace_back(ticket, bytes);
  const bool granted =
      changed_.wait(lock, stop, [&] { return waiting_.front().first == ticket && may_go(bytes); });
  std::erase_if(waiting_, [&](const auto& one) { return one.first == ticket; });
  if (granted) {
    ++large_;
    if (goes_alone(bytes)) {
      alone_ = true;
    } else {
      taken_ += bytes;
    }
  }
  lock.unlock();
  changed_.notify_all();  // the next waiter may proceed
  if (!granted) return std::nullopt;
  return Hold(this, bytes);
}

void MemoryPermits::give_back(std::uint64_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_large(bytes)) {
      --small_;
    } else {
      --large_;
      if (goes_alone(bytes)) {
        alone_ = false;
      } else {
        taken_ -= bytes;
      }
    }
  }
  changed_.notify_all();
}

}  // namespace imgmill
