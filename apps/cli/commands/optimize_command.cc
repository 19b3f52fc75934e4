#include <filesystem>

#include "commands/budget_run.h"
#include "commands/commands.h"
#include "commands/configured.h"
#include "commands/inputs.h"
#include "terminal/logging.h"

namespace imgmill::cli {
namespace {

/// Returns the output, with a trailing slash if it means a folder: for a list, even of one path,
/// and for a new name without an extension ("-o small") if the input has one.
std::filesystem::path output_of(const OptimizeOptions& options,
                                const std::vector<std::filesystem::path>& inputs) {
  const std::filesystem::path output = options.output;
  if (options.in_place || options.output.ends_with('/')) return output;
  const bool list = options.inputs.front().starts_with('@');
  const bool one = options.inputs.size() == 1 && inputs.size() == 1;
  std::error_code error;
  const bool folder_like = !output.has_extension() && inputs.front().has_extension() &&
                           !std::filesystem::exists(output, error);
  return one && (list || folder_like) ? output / "" : output;
}

/// Returns everything that identifies a batch, besides settings and versions.
std::string identity_of(const PlanRequest& request) {
  std::error_code error;
  const auto absolute = [&](const std::filesystem::path& path) {
    return std::filesystem::absolute(path, error).lexically_normal().native() + '\0';
  };
  std::string identity = "optimize\n";
  for (const auto& input : request.inputs) identity += absolute(input);
  identity += '\n';
  identity += request.in_place ? std::string("in place") : absolute(request.output);
  for (const auto& folder : request.exclude) identity += "\nbackup " + absolute(folder);
  for (const std::string& pattern : request.exclude_patterns) identity += "\nwithout " + pattern;
  for (const std::string& pattern : request.include_patterns) identity += "\nonly " + pattern;
  if (!request.name.empty()) identity += "\nnamed " + request.name;
  if (request.all_files) identity += "\nall files";
  if (request.follow_links) identity += "\nfollow links";
  return identity;
}

}  // namespace

Status optimize_command(const OptimizeOptions& options, Screen& screen) {
  const Logging logging(options.run.output, screen);
  if (options.inputs.front() == "-") return optimize_standard_input(options, screen);

  auto inputs = expand_inputs(options.inputs);
  if (!inputs) return report_error(screen, "optimize", inputs.error());
  const auto book = book_for(options.run.config, *inputs);
  if (!book) return report_error(screen, "optimize", book.error());
  // For a single image, further workers would only wait.
  std::error_code error;
  const bool one_file =
      inputs->size() == 1 && !std::filesystem::is_directory(inputs->front(), error);
  PlanRequest request;
  request.inputs = *std::move(inputs);
  request.output = output_of(options, request.inputs);
  request.in_place = options.in_place;
  if (options.run.batch.backup_dir) request.exclude.push_back(*options.run.batch.backup_dir);
  request.all_files = options.all_files;
  request.follow_links = options.follow_links;
  request.exclude_patterns = options.exclude;
  request.include_patterns = options.include;
  request.name = options.name;
  request.copy_others = options.copy_others;
  request.own_format = options.own_format;
  const bool configured = !(*book)->files().empty();
  const std::string batch = identity_of(request) + (configured ? (*book)->identity() : "");
  RunOptions run = options.run;
  if (one_file) run.optimizer.warm_up = WarmUp::off;
  const auto tasks_with = [&](std::shared_ptr<const ImageSettings> settings) {
    PlanRequest same = request;
    if (configured) {
      // A budget has the last word about how good everything is.
      const auto changed = (*book)->with([settings, found = options.budget](ImageSettings& own) {
        if (!found) return;
        own.target = settings->target;
        own.compression = settings->compression;
      });
      same.settings_for = [changed](const std::filesystem::path& input) {
        return changed->settings_for(input);
      };
    }
    same.settings = std::move(settings);
    return plan(std::move(same));
  };
  ImageSettings settings = options.settings;
  PrivateCache private_cache;
  if (options.budget) {
    // The run below finds the search's results there.
    if (const auto ready = private_cache.stand_in(run); !ready) {
      return report_error(screen, "optimize", ready.error());
    }
    Status status = Status::well;
    auto found = settings_within(*options.budget, tasks_with, run, settings, screen, status);
    if (!found) return status;
    settings = *std::move(found);
  }
  const auto tasks = tasks_with(std::make_shared<const ImageSettings>(settings));
  if (!tasks) return report_error(screen, "optimize", tasks.error());
  const Status status = run_tasks(**tasks, run, settings, batch, "optimize", screen);
  if (status != Status::interrupted) log_warnings(**book);
  return status;
}

}  // namespace imgmill::cli
