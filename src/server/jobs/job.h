// What the server knows of a job and of its images.
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

enum class SourceKind : std::uint8_t { uploads, folder };  ///< the values are what the store keeps

/// Which file an original was, so that another one in its place is noticed.
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
  std::string name;  ///< relative, with '/'; of local files any bytes but NUL
  ImageState state = ImageState::waiting;
  std::uint32_t attempt = 0;   ///< raised whenever it goes again, so that results of earlier
                               ///< tries are known for what they are
  std::uint64_t sequence = 0;  ///< raised by every change, within the job
  std::uint64_t original_size = 0;
  FileIdentity identity;
  std::uint64_t optimized_size = 0;  ///< 0: there is no output
  std::string output_name;           ///< `name` with the extension of the output
  std::string stored;                ///< the output's file below the job's folder
  std::optional<double> score;
  std::string outcome;    ///< see outcome_text(); empty while there is none
  std::string settings;   ///< JSON, where it has its own; else empty
  bool replaced = false;  ///< its output has taken the original's place
  bool operator==(const ImageRow&) const = default;
};

/// Counts over all images of a job.
struct Tally {
  std::array<std::uint64_t, image_states> count{};
  std::uint64_t bytes_before = 0;  ///< of images that are done or kept
  std::uint64_t bytes_after = 0;
  std::uint64_t bytes_known = 0;     ///< originals of all images
  std::uint64_t bytes_finished = 0;  ///< of those with an outcome
  std::uint64_t scored = 0;
  double score_sum = 0;
  double lowest_score = 100;  ///< meaningful where `scored` is above 0

  void add(const ImageRow& row);
  /// An image has changed. False where only a new count can tell (the lowest score has gone).
  [[nodiscard]] bool change(const ImageRow& before, const ImageRow& after);
  bool operator==(const Tally&) const = default;
  [[nodiscard]] std::uint64_t of(ImageState state) const {
    return count[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] std::uint64_t images() const;
};

/// Where outputs of a job were written to.
enum class WrittenTo : std::uint8_t { nowhere, in_place, folder };  ///< stored, too
struct Written {
  WrittenTo to = WrittenTo::nowhere;
  std::string path;
  std::uint64_t images = 0;
  std::uint64_t failed = 0;
  bool operator==(const Written&) const = default;
};

struct JobRecord {
  std::int64_t key = 0;  ///< the store's; in the order of creation
  std::string id;
  std::string name;
  JobState state = JobState::receiving;
  SourceKind kind = SourceKind::uploads;
  std::filesystem::path folder;      ///< canonical, of a local job
  std::string settings_text = "{}";  ///< as it was sent
  std::int64_t created_ms = 0;       ///< since 1970
  std::int64_t finished_ms = 0;      ///< 0: not yet
  std::int64_t elapsed_ms = 0;       ///< at work
  bool planning = false;             ///< the folder is still being walked
  /// How many of each kind lie in the folder and are not worked on (LeftOut::kind()); known when it
  /// has been walked.
  std::map<std::string, std::uint64_t> left_out;
  Written written;               ///< the last time
  std::filesystem::path backup;  ///< where originals were put before; empty: nowhere
  bool operator==(const JobRecord&) const = default;
};

/// A job as it is right now.
struct JobView {
  JobRecord record;
  QueueState queue_state = QueueState::none;
  Tally tally;
  std::uint32_t next_index = 0;
  std::uint64_t sequence = 0;  ///< the highest of its images
  std::uint64_t version = 1;   ///< raised by every change of anything
  std::optional<std::chrono::steady_clock::time_point> at_work;  ///< since when

  [[nodiscard]] bool ended() const {
    return record.state != JobState::receiving && record.state != JobState::running;
  }
  [[nodiscard]] std::int64_t elapsed_ms() const;
  /// Nothing where nobody can know.
  [[nodiscard]] std::optional<std::int64_t> remaining_ms() const;
};
/// A Job of the API.
[[nodiscard]] Json job_json(const JobView& job);

/// What a result says beside the columns of its row, as JSON.
[[nodiscard]] std::string outcome_text(const OptimizationResult& result);
/// An Image of the API.
[[nodiscard]] Json image_json(const ImageRow& row);
/// The result again, for reports; paths are the names.
[[nodiscard]] OptimizationResult result_of(const ImageRow& row);

/// The settings of a job: what `text` leaves out is as with the command (target 80).
/// Errors: usage, with the field.
[[nodiscard]] Result<ImageSettings> job_settings(std::string_view text);
/// What `{}` means.
[[nodiscard]] ImageSettings default_settings();

}  // namespace imgmill::server
