// Outputs of a job leave the workspace, when the user says so.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "server/jobs/jobs.h"

namespace imgmill::server {

struct WriteRequest {
  bool in_place = false;
  bool backup = true;            ///< in place: put each original away first
  std::filesystem::path folder;  ///< otherwise: below this one, made when missing
};

/// Writes outputs in one step each: what is there is the old file or the new one. Thread-safe;
/// one job is written once at a time.
class Writing {
 public:
  Writing(Jobs& jobs, const Roots& roots) : jobs_(jobs), roots_(roots) {}

  /// {"images", "failed", "backup", "errors": [{"name", "message", "advice"}]}. What goes
  /// wrong with one image is told and costs that image; only the first 100 are told.
  [[nodiscard]] Answer<Json> write(std::string_view id, const WriteRequest& request);

 private:
  class QueueState;
  Jobs& jobs_;
  const Roots& roots_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> at_work_;
};

/// Where the originals of a folder are put: beside it, or inside where beside is not
/// allowed.
[[nodiscard]] std::filesystem::path backup_folder_for(const std::filesystem::path& folder,
                                                      const Roots& roots);

}  // namespace imgmill::server
