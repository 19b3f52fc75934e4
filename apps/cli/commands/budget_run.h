// optimize --budget: searches for the one target with which all outputs fit.
#pragma once

#include <cstdint>
#include <optional>

#include "commands/run.h"
#include "imgmill/budget.h"
#include "options/options.h"
#include "terminal/screen.h"

namespace imgmill::cli {

/// The cache of the search if the user wants no cache: a folder deleted with this object.
class PrivateCache {
 public:
  PrivateCache() = default;
  ~PrivateCache();
  PrivateCache(const PrivateCache&) = delete;
  PrivateCache& operator=(const PrivateCache&) = delete;

  /// Makes `run` use this folder if it has no cache. Errors: environment.
  [[nodiscard]] Result<void> stand_in(RunOptions& run);

 private:
  std::filesystem::path folder_;
};

/// Returns the settings with which everything fits into `budget` bytes; progress and Ctrl-C follow
/// `run`. Otherwise reports the reason, sets `status` to the command's exit status, and returns
/// nothing.
[[nodiscard]] std::optional<ImageSettings> settings_within(std::uint64_t budget,
                                                           const TaskFactory& tasks,
                                                           const RunOptions& run,
                                                           const ImageSettings& settings,
                                                           Screen& screen, Status& status);

}  // namespace imgmill::cli
