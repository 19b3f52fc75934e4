// The server's data on a job and its images, and their JSON.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "imgmill/batch.h"
#include "schema/json_fields.h"
#include "server/jobs/job_state_machine.h"

namespace imgmill::server {

enum class SourceKind : std::uint8_t { uploads, folder };  ///< the store keeps these values

/// Identifies an original's file, so that a replacement is noticed.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t seconds = 0;  ///< of the last change of its contents
  std::int64_t nanoseconds = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// One image of a job.
struct ImageRow {
  std::uint32_t index = 0;
  std::string name;  ///< relative, with '/'; for local files any bytes but NUL
  ImageState state = ImageState::waiting;
  std::uint32_t attempt = 0;   ///< incremented on each retry, so that results of earlier tries are
                               ///< recognized
  std::uint64_t sequence = 0;  ///< set by every change, increasing within the job
  std::uint64_t original_size = 0;
  FileIdentity identity;
  std::uint64_t optimized_size = 0;  ///< 0: no output
  std::string output_name;           ///< `name` with the extension of the output
  std::string stored;                ///< the output's file below the job's folder
  std::optional<double> score;
  std::string outcome;    ///< see outcome_text(); empty if there is none yet
  std::string settings;   ///< JSON if the image has its own, else empty
  bool replaced = false;  ///< the output has replaced the original
  bool operator==(const ImageRow&) const = default;
};

/// Totals over all images of a job.
struct Tally {
  std::array<std::uint64_t, image_states> count{};
  std::uint64_t bytes_before = 0;  ///< of images done or kept
  std::uint64_t bytes_after = 0;
  std::uint64_t bytes_known = 0;     ///< originals of all images
  std::uint64_t bytes_finished = 0;  ///< originals of images with an outcome
  std::uint64_t scored = 0;
  double score_sum = 0;
  double lowest_score = 100;  ///< valid if `scored` is above 0

  void add(const ImageRow& row);
  /// Updates the totals for one changed image. Returns false if they must be recounted (the lowest
  /// score is gone).
  [[nodiscard]] bool change(const ImageRow& before, const ImageRow& after);
  bool operator==(const Tally&) const = default;
  [[nodiscard]] std::uint64_t of(ImageState state) const {
    return count[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] std::uint64_t images() const;
};

/// Where a job's outputs were written.
enum class WrittenTo : std::uint8_t { nowhere, in_place, folder };  ///< the values are stored
struct Written {
  WrittenTo to = WrittenTo::nowhere;
  std::string path;
  std::uint64_t images = 0;
  std::uint64_t failed = 0;
  bool operator==(const Written&) const = default;
};

struct JobRecord {
  std::int64_t key = 0;  ///< the store's key, in order of creation
  std::string id;
  std::string name;
  JobState state = JobState::receiving;
  SourceKind kind = SourceKind::uploads;
  std::filesystem::path folder;      ///< canonical; for local jobs
  std::string settings_text = "{}";  ///< as sent by the client
  std::int64_t created_ms = 0;       ///< milliseconds since 1970
  std::int64_t finished_ms = 0;      ///< 0: not finished
  std::int64_t elapsed_ms = 0;       ///< time at work
  bool planning = false;             ///< the folder is still being walked
  /// Number of files in the folder that are not processed, by kind (LeftOut::kind()); known once
  /// the folder has been walked.
  std::map<std::string, std::uint64_t> left_out;
  Written written;               ///< the last write
  std::filesystem::path backup;  ///< where originals were backed up; empty: nowhere
  bool operator==(const JobRecord&) const = default;
};

/// A snapshot of a job.
struct JobView {
  JobRecord record;
  QueueState queue_state = QueueState::none;
  Tally tally;
  std::uint32_t next_index = 0;
  std::uint64_t sequence = 0;  ///< the highest sequence of its images
  std::uint64_t version = 1;   ///< incremented by every change
  std::optional<std::chrono::steady_clock::time_point> at_work;  ///< start of the current time at
                                                                 ///< work

  [[nodiscard]] bool ended() const {
    return record.state != JobState::receiving && record.state != JobState::running;
  }
  [[nodiscard]] std::int64_t elapsed_ms() const;
  /// Estimated time left; nothing if it cannot be estimated.
  [[nodiscard]] std::optional<std::int64_t> remaining_ms() const;
};
/// Returns a Job object of the API.
[[nodiscard]] Json job_json(const JobView& job);

/// Returns, as JSON, the fields of a result that have no column in its row.
[[nodiscard]] std::string outcome_text(const OptimizationResult& result);
/// Returns an Image object of the API.
[[nodiscard]] Json image_json(const ImageRow& row);
/// Restores the result of a row, for reports; paths are the image names.
[[nodiscard]] OptimizationResult result_of(const ImageRow& row);

/// Parses the settings of a job. Fields that `text` leaves out are as with the command (target 80).
/// Errors: usage, with the field.
[[nodiscard]] Result<ImageSettings> job_settings(std::string_view text);
/// Returns the settings that `{}` means.
[[nodiscard]] ImageSettings default_settings();

}  // namespace imgmill::server
