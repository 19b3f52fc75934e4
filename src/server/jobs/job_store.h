// Jobs and images on disk, so that a server that ends, however it ends, goes on where it was.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "server/jobs/job.h"
#include "store/database.h"

namespace imgmill::server {

/// The statements. Errors of everything: environment.
class JobRows {
 public:
  explicit JobRows(Database& database) : database_(database) {}

  [[nodiscard]] Result<void> add(JobRecord& job);  ///< gives it its key
  [[nodiscard]] Result<void> update(const JobRecord& job);
  [[nodiscard]] Result<void> remove(std::int64_t job);
  [[nodiscard]] Result<std::vector<JobRecord>> jobs();

  /// False when the job has an image of that name.
  [[nodiscard]] Result<bool> add(std::int64_t job, const ImageRow& row);
  [[nodiscard]] Result<void> update(std::int64_t job, const ImageRow& row);
  /// What `event` makes of all images of the job that are in one of the states `from`; their
  /// sequences become `base` + 1 and so on. How many there were. All of `from` lead to one state.
  [[nodiscard]] Result<std::uint64_t> step_all(std::int64_t job, std::vector<ImageState> from,
                                               ImageEvent event, std::uint64_t base);

  [[nodiscard]] Result<std::optional<ImageRow>> image(std::int64_t job, std::uint32_t index);
  /// Changed after `sequence`, in that order.
  [[nodiscard]] Result<std::vector<ImageRow>> changed_after(std::int64_t job,
                                                            std::uint64_t sequence, int limit);
  [[nodiscard]] Result<std::vector<ImageRow>> from_index(std::int64_t job, std::uint32_t index,
                                                         int limit);
  /// The waiting ones from `index` on.
  [[nodiscard]] Result<std::vector<ImageRow>> waiting_from(std::int64_t job, std::uint32_t index,
                                                           int limit);
  /// Whether an image other than `index` has this output name.
  [[nodiscard]] Result<bool> output_taken(std::int64_t job, std::string_view output_name,
                                          std::uint32_t index);

  struct Summary {
    Tally tally;
    std::uint32_t next_index = 0;
    std::uint64_t sequence = 0;  ///< the highest
  };
  [[nodiscard]] Result<Summary> summary(std::int64_t job);

 private:
  Database& database_;
};

/// The rows, for one at a time. Thread-safe; whoever calls waits for the disk, and for others
/// who do.
class JobStore {
 public:
  /// Makes the file when it is missing; nothing when it is damaged. A second server on it is
  /// an error, which says so, and so is one that a newer program has made.
  [[nodiscard]] static Result<std::unique_ptr<JobStore>> open(const std::filesystem::path& file);

  template <typename Body>
  [[nodiscard]] std::invoke_result_t<Body, JobRows&> read(Body body) {
    const std::lock_guard lock(mutex_);
    return body(rows_);
  }
  /// All that `body` writes, or nothing where it returns an error. What is written outlives this
  /// process, however that ends.
  template <typename Body>
  [[nodiscard]] Result<void> write(Body body) {
    const std::lock_guard lock(mutex_);
    return transaction(database_, [&]() -> Result<void> { return body(rows_); });
  }

 private:
  explicit JobStore(Database database) : database_(std::move(database)), rows_(database_) {}

  std::mutex mutex_;
  Database database_;
  JobRows rows_;
};

}  // namespace imgmill::server
