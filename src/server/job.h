// What the server knows of a job and of its images.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "imgmill/batch.h"
#include "schema/json_fields.h"

namespace imgmill::server {

// The values of these are what the store keeps.

enum class JobState : std::uint8_t {
  receiving,    ///< uploads still come in; images are worked on meanwhile
  running,      ///< no more come
  done,         ///< every image has its outcome
  cancelled,    ///< by the user
  interrupted,  ///< the server has ended before the job
};
enum class ImageState : std::uint8_t { waiting, working, done, kept, failed, cancelled };
inline constexpr std::size_t image_states = 6;
enum class SourceKind : std::uint8_t { uploads, folder };

[[nodiscard]] std::string_view name_of(JobState state);
[[nodiscard]] std::string_view name_of(ImageState state);

/// Which file an original was, so that another one in its place is noticed.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t seconds = 0;  ///< of the last change of its contents
  std::int64_t nanoseconds = 0;
};

/// One image of a job.
struct ImageRow {
  std::uint32_t index = 0;
  std::string name;  ///< relative, with '/'; of local files any bytes but NUL
  ImageState state = ImageState::waiting;
  std::uint64_t sequence = 0;  ///< raised by every change, within the job
  std::uint64_t original_size = 0;
  FileIdentity identity;
  std::uint64_t optimized_size = 0;  ///< 0: there is no output
  std::string output_name;           ///< `name` with the extension of the output
  std::string stored;                ///< the output's file below the job's folder
  std::optional<double> score;
  std::string outcome;   ///< see outcome_text(); empty while there is none
  std::string settings;  ///< JSON, where it has its own; else empty
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
  [[nodiscard]] std::uint64_t of(ImageState state) const {
    return count[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] std::uint64_t images() const;
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
  bool complete = false;             ///< no more uploads come
  std::string written;               ///< JSON; empty: nothing was written yet
};

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
