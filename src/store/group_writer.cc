#include "store/group_writer.h"

#include <fmt/core.h>

#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include "base/try.h"
#include "platform/thread.h"

namespace imgmill {
namespace {

/// How long to collect writes that nobody waits for. A killed process loses the collected writes,
/// which only costs work; each transaction costs some 50 us, which is negligible at 20 per second.
constexpr std::chrono::milliseconds collect{50};

/// Converts exceptions of `work` to errors, since nothing above a thread could catch them.
template <typename Work>
Result<void> caught(Work work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::environment, "there was not enough memory for the records of this run",
                "use fewer jobs (--jobs)");
  } catch (const std::exception& exception) {
    return fail(ErrorCode::internal, fmt::format("unexpected: {}", exception.what()),
                "please report this");
  }
}

}  // namespace

GroupWriter::GroupWriter(Database database, std::function<Result<void>(Database&)> after_group)
    : database_(std::move(database)),
      after_group_(std::move(after_group)),
      thread_([this](const std::stop_token& stop) {
        name_this_thread("imgmill-store");
        work(stop);
      }) {}

GroupWriter::~GroupWriter() {
  thread_.request_stop();
  thread_.join();
}

void GroupWriter::enqueue(Item item, std::unique_lock<std::mutex>& lock) {
  room_.wait(lock, [&] { return waiting_.size() < capacity; });
  waiting_.push_back(std::move(item));
  // While collecting, the thread wakes up by itself; while idle, it must be notified.
  if (waiting_.size() == 1 || hurry_ || waiting_.size() == capacity) work_.notify_one();
}

void GroupWriter::post(Write write) {
  std::unique_lock lock(mutex_);
  enqueue({std::move(write)}, lock);
}

Result<void> GroupWriter::post_and_wait(Write write) {
  Result<void> outcome;
  bool done = false;
  std::unique_lock lock(mutex_);
  hurry_ = true;
  enqueue({std::move(write), &outcome, &done}, lock);
  done_.wait(lock, [&] { return done; });
  return outcome;
}

void GroupWriter::flush() {
  std::unique_lock lock(mutex_);
  hurry_ = true;
  work_.notify_one();
  done_.wait(lock, [&] { return waiting_.empty() && !writing_; });
}

std::optional<Error> GroupWriter::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void GroupWriter::work(const std::stop_token& stop) {
  std::vector<Item> group;
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, stop, [&] { return !waiting_.empty() || hurry_; });
    work_.wait_for(lock, stop, collect, [&] { return hurry_ || waiting_.size() >= capacity; });
    if (waiting_.empty() && stop.stop_requested()) return;
    group.swap(waiting_);
    hurry_ = false;
    writing_ = true;
    room_.notify_all();
    lock.unlock();
    if (!group.empty()) write_group(group);
    lock.lock();
    for (Item& item : group) {
      if (item.done != nullptr) *item.done = true;
    }
    group.clear();
    writing_ = false;
    done_.notify_all();
  }
}

void GroupWriter::write_group(std::vector<Item>& group) {
  const std::lock_guard database_lock(database_mutex_);
  bool waited_for = false;
  for (const Item& item : group) waited_for = waited_for || item.outcome != nullptr;
  Result<void> outcome =
      database_.set_durability(waited_for ? Durability::power : Durability::process);
  if (outcome) {
    outcome = transaction(database_, [&] {
      return caught([&]() -> Result<void> {
        for (const Item& item : group) {
          if (Result<void> written = item.write(database_); !written) return written;
        }
        return {};
      });
    });
  }
  for (const Item& item : group) {
    if (item.outcome != nullptr) *item.outcome = outcome;
  }
  if (outcome && after_group_) outcome = caught([&] { return after_group_(database_); });
  if (outcome) return;
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = outcome.error();
}

}  // namespace imgmill
