// A job in memory. For the files that make up Jobs.
#pragma once

#include "server/jobs.h"
#include "server/refusal.h"

namespace imgmill::server {

using Clock = std::chrono::steady_clock;

/// Guarded by the mutex of Jobs, but for what never changes.
struct Jobs::Entry {
  JobRecord record;
  std::filesystem::path folder;  ///< in the workspace; never changes
  /// Where its originals are; never changes.
  std::optional<FolderHandle> originals;
  std::shared_ptr<const ImageSettings> settings;  ///< never changes

  Tally tally;
  std::uint32_t next_index = 0;
  std::uint64_t sequence = 0;
  std::uint64_t version = 1;
  std::uint64_t bytes_coming = 0;            ///< of uploads on their way
  std::uint64_t uploads = 0;                 ///< number of the next temporary file
  std::stop_source stop;                     ///< of the run that is at work
  std::optional<Clock::time_point> at_work;  ///< since when
  bool queued = false;
  bool removed = false;  ///< nobody knows it any more
};

[[nodiscard]] inline std::int64_t unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

[[nodiscard]] inline FileIdentity identity_of(const FileFacts& facts) {
  return {static_cast<std::uint64_t>(facts.device), static_cast<std::uint64_t>(facts.inode),
          facts.modified.tv_sec, facts.modified.tv_nsec};
}

[[nodiscard]] inline std::string input_name(std::uint32_t index) { return std::to_string(index); }

}  // namespace imgmill::server
