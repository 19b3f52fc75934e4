// The three steps for one image, one function each. The pipeline overlaps them.
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
  /// If false, results report what would be written, but nothing is written.
  bool write = true;
  Memory memory;
};

/// Reads the input once the budget admits it, into memory that `executor` can pass on. Errors:
/// cancelled, limit, environment. Never throws.
[[nodiscard]] Result<LoadedJob> read_stage(Job& job, ByteBudget& budget, Executor& executor,
                                           const Limits& limits, std::stop_token stop);

/// Produces the output. Frees input or output, whichever is no longer needed. Errors: those of the
/// executor, cancelled. Never throws.
[[nodiscard]] Result<ProcessedJob> process_stage(LoadedJob& loaded, Executor& executor,
                                                 const Limits& limits, std::size_t images_left,
                                                 std::stop_token stop,
                                                 std::stop_token unwanted = {});

/// Puts the output in its place. Runs to completion even if a stop is requested. Never throws; a
/// failure is in the result.
[[nodiscard]] OptimizationResult write_stage(ProcessedJob& processed, const WritePolicy& policy);

}  // namespace imgmill
