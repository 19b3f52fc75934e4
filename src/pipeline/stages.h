// The three steps of one image, each a function. How they overlap is the
// pipeline's business.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "executor/executor.h"
#include "pipeline/job.h"
#include "pipeline/memory.h"

namespace imgmill {

struct WritePolicy {
  ExistingOutput existing = ExistingOutput::refuse;
  std::optional<std::filesystem::path> backup_folder;
  /// Otherwise results tell what would be written, and nothing is.
  bool write = true;
  Memory memory;
};

/// The input's bytes, once the budget has room for them, in memory that `executor`
/// can hand on. Errors: cancelled, limit, environment. No exceptions.
[[nodiscard]] Result<LoadedJob> read_stage(Job& job, ByteBudget& budget, Executor& executor,
                                           const Limits& limits, std::stop_token stop);

/// The output's bytes. Lets go of whichever of input and output is not needed. `unwanted`: see
/// Work. Errors: the executor's, cancelled. No exceptions.
[[nodiscard]] Result<ProcessedJob> process_stage(LoadedJob& loaded, Executor& executor,
                                                 const Limits& limits, std::size_t images_left,
                                                 std::stop_token stop,
                                                 std::stop_token unwanted = {});

/// Puts the output where it belongs. Runs to its end even when a stop is
/// requested. Never throws; a failure is in the result.
[[nodiscard]] OptimizationResult write_stage(ProcessedJob& processed, const WritePolicy& policy);

}  // namespace imgmill
