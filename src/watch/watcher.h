// Does again what `optimize` does, as files of folders come, change and go.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "batch/tree_names.h"
#include "imgmill/batch.h"
#include "watch/made_outputs.h"
#include "watch/settling.h"
#include "watch/tree_watch.h"

namespace imgmill {

struct WatchRequest {
  PlanRequest plan;  ///< its inputs are folders; the output lies in none of them, or below one
  /// Of each small batch. `existing` is for files that imgmill has not made; its own it replaces.
  BatchOptions batch;
  /// Outputs of inputs that are gone are removed, if imgmill has made them and nobody has changed
  /// them since.
  bool remove = false;
  std::filesystem::path made_folder;     ///< for MadeOutputs
  std::chrono::milliseconds quiet{100};  ///< see Settling
  /// Files on which all settings depend. When one changes, `reload` is asked for the new plan, and
  /// everything is done again; on an error the old plan stays. May be null.
  std::vector<std::filesystem::path> depends_on;
  std::function<Result<PlanRequest>()> reload;
};

/// Also hears the events of all batches. Calls come one at a time.
class WatchObserver : public BatchObserver {
 public:
  /// All that was there at the start, or after new settings, is done.
  virtual void on_up_to_date(std::size_t /*files*/) {}
  virtual void on_removed(const std::filesystem::path& /*output*/) {}
};

/// Runs once.
class Watcher {
 public:
  /// References outlive the watcher. Errors: usage, as of plan(), and if outputs would be inputs;
  /// environment.
  [[nodiscard]] static Result<std::unique_ptr<Watcher>> create(ImageOptimizer& optimizer,
                                                               FolderEventSource& events,
                                                               WatchRequest request,
                                                               WatchObserver& observer);

  /// Returns after a stop was requested, with the sums of all results; what is being written is
  /// finished. Errors: environment (a folder cannot be watched, or all are gone).
  [[nodiscard]] Result<BatchSummary> run(const std::stop_token& stop);

 private:
  Watcher(ImageOptimizer& optimizer, FolderEventSource& events, WatchRequest request,
          TreeNames names, std::unique_ptr<MadeOutputs> made, WatchObserver& observer);

  void listen(const std::stop_token& stop);
  void hear(const std::vector<TreeChange>& changes);
  [[nodiscard]] std::vector<Settling::Settled> wait_for_work(const std::stop_token& stop);
  void work_on(const std::vector<Settling::Settled>& files, const std::stop_token& stop);
  void run_batch(std::vector<PlannedTask> tasks, ExistingOutput existing,
                 const std::stop_token& stop);
  [[nodiscard]] bool may_replace(const ImageTask& task, std::optional<Error>& conflict);
  void on_result(const OptimizationResult& result);
  void remove_made_of(const std::filesystem::path& input);
  void remove_output(const MadeOutputs::Made& made);
  [[nodiscard]] bool depends_on(const std::filesystem::path& file) const;
  void reload();

  class Results;

  ImageOptimizer& optimizer_;
  FolderEventSource& events_;
  const WatchRequest request_;
  TreeNames names_;
  const std::unique_ptr<MadeOutputs> made_;
  WatchObserver& observer_;
  TreeWatch tree_;
  BatchSummary summary_;
  /// What each file looked like when it was worked on; for settings that hold now.
  std::unordered_map<std::string, FileFacts> done_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  Settling settling_;
  std::vector<std::string> gone_below_;
  std::uint64_t heard_ = 0;  ///< grows with everything that is told
  std::size_t roots_left_ = 0;
  std::optional<Error> failure_;
};

}  // namespace imgmill
