// Jobs and images on disk, so that a server that ends, however it ends, goes on where it was.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <vector>

#include "server/job.h"
#include "store/database.h"

namespace imgmill::server {

/// Rows of jobs and images in SQLite. Every change is on its own: it outlives this
/// process however that ends. Thread-safe. Errors of everything: environment.
class JobStore {
 public:
  /// Makes the file when it is missing. A second server on it is an error, which says so.
  [[nodiscard]] static Result<std::unique_ptr<JobStore>> open(const std::filesystem::path& file);

  [[nodiscard]] Result<void> add(JobRecord& job);  ///< gives it its key
  [[nodiscard]] Result<void> update(const JobRecord& job);
  [[nodiscard]] Result<void> remove(const JobRecord& job);
  [[nodiscard]] Result<std::vector<JobRecord>> jobs();

  /// False when the job has an image of that name.
  [[nodiscard]] Result<bool> add(std::int64_t job, const ImageRow& row);
  [[nodiscard]] Result<void> update(std::int64_t job, const ImageRow& row);
  [[nodiscard]] Result<void> set_state(std::int64_t job, std::uint32_t index, ImageState state,
                                       std::uint64_t sequence);
  /// Gives all images in one of two states another one; their sequences become
  /// `base` + 1 and so on. How many there were.
  [[nodiscard]] Result<std::uint64_t> set_states(std::int64_t job, ImageState from,
                                                 ImageState also_from, ImageState to,
                                                 std::uint64_t base);

  [[nodiscard]] Result<std::optional<ImageRow>> image(std::int64_t job, std::uint32_t index);
  /// Changed after `sequence`, in that order.
  [[nodiscard]] Result<std::vector<ImageRow>> changed_after(std::int64_t job,
                                                            std::uint64_t sequence, int limit);
  [[nodiscard]] Result<std::vector<ImageRow>> from_index(std::int64_t job, std::uint32_t index,
                                                         int limit);
  /// The waiting ones from `index` on.
  [[nodiscard]] Result<std::vector<ImageRow>> waiting_from(std::int64_t job, std::uint32_t index,
                                                           int limit);
  [[nodiscard]] Result<bool> has_name(std::int64_t job, std::string_view name);
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
  explicit JobStore(Database database) : database_(std::move(database)) {}

  std::mutex mutex_;
  Database database_;
};

}  // namespace imgmill::server
