// Shared by `optimize` and `batch`: runs tasks, reports on them and returns an exit status.
#pragma once

#include <functional>

#include "imgmill/batch.h"
#include "options/options.h"
#include "terminal/screen.h"

namespace imgmill::cli {

/// Exit statuses, as listed in the manual page.
enum class Status : int {
  well = 0,
  some_failed = 1,
  usage = 2,
  would_shrink = 3,   // --check
  below_minimum = 3,  // --min
  interrupted = 130,
};

/// Reports an error that ends the command: message, advice and where to read more (`command`:
/// "optimize"; empty: the program). Returns the exit status.
Status report_error(Screen& screen, std::string_view command, const Error& error);

/// Returns the batch's options, with default folders from the environment. `batch` identifies the
/// batch; settings and versions are added to it here.
[[nodiscard]] BatchOptions batch_options(const RunOptions& options, const ImageSettings& settings,
                                         const std::string& batch);

/// Warns once after a run if the sandbox was without some layers.
void warn_of_missing_layers(const PoolMetrics& pool, const RunOptions& options,
                            BatchObserver& reporter);

/// Runs `tasks` to the end; `options` determine progress, report, summary and Ctrl-C. `settings` go
/// into the report's head; `batch` is as above, for --resume. `also` (may be null) makes a further
/// observer of all events, which may end the batch through the stop source it is given.
using Also = std::function<std::unique_ptr<BatchObserver>(std::stop_source)>;
[[nodiscard]] Status run_tasks(TaskSource& tasks, const RunOptions& options,
                               const ImageSettings& settings, const std::string& batch,
                               std::string_view command, Screen& screen, const Also& also = {});

}  // namespace imgmill::cli
