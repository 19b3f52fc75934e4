// A thread that writes to a database, with many writes per transaction.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "store/database.h"

namespace imgmill {

/// Accepts writes from any thread and commits them in groups, in order. A caller that need not wait
/// posts and continues; a caller that needs to survive a power failure waits for the commit of the
/// whole group.
class GroupWriter {
 public:
  using Write = std::function<Result<void>(Database&)>;

  /// `after_group` (may be null) runs on the writer thread after each group, outside any
  /// transaction. Throws std::system_error.
  explicit GroupWriter(Database database,
                       std::function<Result<void>(Database&)> after_group = nullptr);
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;
  /// Writes everything pending.
  ~GroupWriter();

  /// Blocks while the queue is full. A write that fails is dropped together with its group.
  void post(Write write);
  /// Returns once the write survives a power failure, or has failed.
  [[nodiscard]] Result<void> post_and_wait(Write write);
  /// Blocks until everything posted before has been written.
  void flush();

  /// Runs `use` with the database while nothing is being written.
  template <typename Use>
  auto with_database(Use use) {
    const std::lock_guard lock(database_mutex_);
    return use(database_);
  }

  /// The first failure of a group, if any.
  [[nodiscard]] std::optional<Error> failure() const;

 private:
  struct Item {
    Write write;
    Result<void>* outcome = nullptr;  ///< where to store the outcome if a caller waits
    bool* done = nullptr;
  };

  void work(const std::stop_token& stop);
  void write_group(std::vector<Item>& group);
  void enqueue(Item item, std::unique_lock<std::mutex>& lock);

  static constexpr std::size_t capacity = 4096;

  std::mutex database_mutex_;
  Database database_;
  const std::function<Result<void>(Database&)> after_group_;
  mutable std::mutex mutex_;
  std::condition_variable_any work_;
  std::condition_variable room_;
  std::condition_variable done_;
  std::vector<Item> waiting_;
  bool hurry_ = false;    ///< a caller waits for the queued writes
  bool writing_ = false;  ///< a group has left the queue and is not done yet
  std::optional<Error> failure_;
  std::jthread thread_;  ///< last: the thread uses all of the above
};

}  // namespace imgmill
