// One thread that writes to a database, many writes a transaction.
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

/// Takes writes from any thread and commits them in groups, in the order they came.
/// Who cannot wait posts and goes on; who must know that a write outlives a power
/// cut waits for the group it is in, together with all others in that group.
class GroupWriter {
 public:
  using Write = std::function<Result<void>(Database&)>;

  /// `after_group` (may be null) runs on the writing thread after each group,
  /// outside of a transaction. Throws std::system_error.
  explicit GroupWriter(Database database,
                       std::function<Result<void>(Database&)> after_group = nullptr);
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;
  /// Writes what waits.
  ~GroupWriter();

  /// Waits while too many writes wait. A write that fails is dropped with its group.
  void post(Write write);
  /// Returns when the write outlives a power cut, or has failed.
  [[nodiscard]] Result<void> post_and_wait(Write write);
  /// Waits until everything that was posted before has been written.
  void flush();

  /// Runs `use` with the database while nothing is written.
  template <typename Use>
  auto with_database(Use use) {
    const std::lock_guard lock(database_mutex_);
    return use(database_);
  }

  /// The first failure of a group, if there was one.
  [[nodiscard]] std::optional<Error> failure() const;

 private:
  struct Item {
    Write write;
    Result<void>* outcome = nullptr;  ///< of somebody who waits
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
  bool hurry_ = false;    ///< somebody waits for what is in the queue
  bool writing_ = false;  ///< a group is out of the queue and not yet done
  std::optional<Error> failure_;
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace imgmill
