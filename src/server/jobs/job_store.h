// Jobs and images in a database, so that a server resumes where it was, however it ended.
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

/// The queries on jobs and images. Errors of all functions: environment.
class JobRows {
 public:
  explicit JobRows(Database& database) : database_(database) {}

  [[nodiscard]] Result<void> add(JobRecord& job);  ///< sets its key
  [[nodiscard]] Result<void> update(const JobRecord& job);
  [[nodiscard]] Result<void> remove(std::int64_t job);
  [[nodiscard]] Result<std::vector<JobRecord>> jobs();

  /// Returns false if the job already has an image of that name.
  [[nodiscard]] Result<bool> add(std::int64_t job, const ImageRow& row);
  [[nodiscard]] Result<void> update(std::int64_t job, const ImageRow& row);
  /// Applies `event` to all images of the job that are in one of the states `from`, which must all
  /// lead to the same state. Their sequences become `base` + 1 and so on. Returns the number of
  /// images.
  [[nodiscard]] Result<std::uint64_t> step_all(std::int64_t job, std::vector<ImageState> from,
                                               ImageEvent event, std::uint64_t base);

  [[nodiscard]] Result<std::optional<ImageRow>> image(std::int64_t job, std::uint32_t index);
  /// Returns the rows changed after `sequence`, in order of change.
  [[nodiscard]] Result<std::vector<ImageRow>> changed_after(std::int64_t job,
                                                            std::uint64_t sequence, int limit);
  [[nodiscard]] Result<std::vector<ImageRow>> from_index(std::int64_t job, std::uint32_t index,
                                                         int limit);
  /// Returns the waiting images from `index` on.
  [[nodiscard]] Result<std::vector<ImageRow>> waiting_from(std::int64_t job, std::uint32_t index,
                                                           int limit);
  /// True if an image other than `index` has this output name.
  [[nodiscard]] Result<bool> output_taken(std::int64_t job, std::string_view output_name,
                                          std::uint32_t index);

  struct Summary {
    Tally tally;
    std::uint32_t next_index = 0;
    std::uint64_t sequence = 0;  ///< the highest sequence
  };
  [[nodiscard]] Result<Summary> summary(std::int64_t job);

 private:
  Database& database_;
};

/// Exclusive access to the rows. Thread-safe; calls wait for the disk and for each other.
class JobStore {
 public:
  /// Opens the file, and creates it if it is missing; returns null if it is damaged. It is an error
  /// if another server has it open, or if a newer program made it.
  [[nodiscard]] static Result<std::unique_ptr<JobStore>> open(const std::filesystem::path& file);

  template <typename Body>
  [[nodiscard]] std::invoke_result_t<Body, JobRows&> read(Body body) {
    const std::lock_guard lock(mutex_);
    return body(rows_);
  }
  /// Runs `body` as one transaction, rolled back if it returns an error. Committed data is durable,
  /// however this process ends.
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
