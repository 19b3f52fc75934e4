// Writes a job's outputs out of the workspace, at the user's request.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "server/jobs/jobs.h"

namespace imgmill::server {

struct WriteRequest {
  bool in_place = false;
  bool backup = true;            ///< in place: back up each original first
  std::filesystem::path folder;  ///< not in place: write below this folder, created if missing
};

/// Writes each output atomically: a reader sees the old file or the new one. Thread-safe; one job
/// is written once at a time.
class Writing {
 public:
  Writing(Jobs& jobs, const Roots& roots) : jobs_(jobs), roots_(roots) {}

  /// Returns {"images", "failed", "backup", "errors": [{"name", "message", "advice"}]}. An error
  /// affects only its image; the first 100 are reported.
  [[nodiscard]] Answer<Json> write(std::string_view id, const WriteRequest& request);

 private:
  class QueueState;
  Jobs& jobs_;
  const Roots& roots_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> at_work_;
};

/// Returns the backup folder for the originals of a folder: beside it, or inside it if beside is
/// not allowed.
[[nodiscard]] std::filesystem::path backup_folder_for(const std::filesystem::path& folder,
                                                      const Roots& roots);

}  // namespace imgmill::server
