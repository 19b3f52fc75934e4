// optimize --budget: looking for the one target with which all outputs fit.
#pragma once

#include <cstdint>
#include <optional>

#include "commands/run.h"
#include "imgmill/budget.h"
#include "options/options.h"
#include "terminal/screen.h"

namespace imgmill::cli {

/// Where the search remembers what it finds out when the user wants no cache: a folder
/// that goes away with it.
class PrivateCache {
 public:
  PrivateCache() = default;
  ~PrivateCache();
  PrivateCache(const PrivateCache&) = delete;
  PrivateCache& operator=(const PrivateCache&) = delete;

  /// Lets `run` remember in it, where it remembers nowhere else. Errors: environment.
  [[nodiscard]] Result<void> stand_in(RunOptions& run);

 private:
  std::filesystem::path folder_;
};

/// The settings with which everything fits into `budget` bytes, with progress and Ctrl-C
/// as `run` says. Nothing: it is told why not, and `status` is the command's.
[[nodiscard]] std::optional<ImageSettings> settings_within(std::uint64_t budget,
                                                           const TaskFactory& tasks,
                                                           const RunOptions& run,
                                                           const ImageSettings& settings,
                                                           Screen& screen, Status& status);

}  // namespace imgmill::cli
