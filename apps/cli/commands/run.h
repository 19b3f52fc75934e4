// What optimize and batch have in common: run tasks, tell about it, give a status.
#pragma once

#include <functional>

#include "imgmill/batch.h"
#include "options/options.h"
#include "terminal/screen.h"

namespace imgmill::cli {

/// Exit statuses, as the manual page lists them.
enum class Status : int {
  well = 0,
  some_failed = 1,
  usage = 2,
  would_shrink = 3,   // --check
  below_minimum = 3,  // --min
  interrupted = 130,
};

/// Tells about an error that ends the command: message, advice and where to
/// read more (`command`: "optimize"; empty: the program). Returns the status.
Status report_error(Screen& screen, std::string_view command, const Error& error);

/// The batch's options with the places that the environment names filled in. `batch` is
/// what makes two runs the same batch; settings and versions are added here.
[[nodiscard]] BatchOptions batch_options(const RunOptions& options, const ImageSettings& settings,
                                         const std::string& batch);

/// Runs `tasks` to the end with progress, report, summary and Ctrl-C as `options`
/// say. `settings` are for the report's head, `batch` as above, for --resume. `also` (may be null)
/// hears every event as well, and may end the batch through the source it is given.
using Also = std::function<std::unique_ptr<BatchObserver>(std::stop_source)>;
[[nodiscard]] Status run_tasks(TaskSource& tasks, const RunOptions& options,
                               const ImageSettings& settings, const std::string& batch,
                               std::string_view command, Screen& screen, const Also& also = {});

}  // namespace imgmill::cli
