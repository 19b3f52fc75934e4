#include "pipeline/byte_budget.h"

#include <algorithm>

namespace imgmill {

std::optional<ByteBudget::Permit> ByteBudget::acquire(std::uint64_t bytes, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = next_ticket_++;
  waiting_.push_back(ticket);
  const auto fits = [&] {
    if (waiting_.front() != ticket) return false;
    return held_ == 0 || (held_ <= limit_ && bytes <= limit_ - held_);
  };
  const bool granted = changed_.wait(lock, stop, fits);
  std::erase(waiting_, ticket);
  if (granted) held_ += bytes;
  lock.unlock();
  changed_.notify_all();  // the next waiter may proceed
  if (!granted) return std::nullopt;
  return Permit(this, bytes);
}

std::uint64_t ByteBudget::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

void ByteBudget::change(std::uint64_t from, std::uint64_t to) {
  {
    const std::lock_guard lock(mutex_);
    held_ = held_ - from + to;
  }
  if (to < from) changed_.notify_all();
}

void ByteBudget::Permit::resize(std::uint64_t bytes) {
  if (budget_ == nullptr) return;
  budget_->change(std::exchange(bytes_, bytes), bytes);
}

void ByteBudget::Permit::release() {
  if (budget_ == nullptr) return;
  std::exchange(budget_, nullptr)->change(std::exchange(bytes_, 0), 0);
}

}  // namespace imgmill
