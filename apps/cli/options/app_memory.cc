// Command line: the traces of earlier runs (cache, journal, backups), and checking.
#include "options/app.h"
#include "options/define.h"

namespace imgmill::cli {

void CommandLine::add_memory_options(CLI::App& app, RunOptions& options) {
  const std::string group = "How it runs";
  app.add_flag("--check", check_,
               "Do all the work, write nothing, list on standard output what would shrink, and "
               "exit with status 3 if anything would.")
      ->group(group);
  add_value(app, "--check-threshold", "PERCENT%|SIZE", options.threshold, parse_threshold,
            "What --check lists shrinks by at least so much; both as 10%,20kB. Default 5%,1kB.")
      ->group(group);
  app.add_flag("--resume", options.resume,
               "Continue this command after it was interrupted or killed, without repeating "
               "finished work.")
      ->group(group);
  const auto cache = [&options](const CLI::results_t& words) {
    const std::string word = unguarded(words.back());
    options.use_cache = word != "off";
    options.cache_folder = options.use_cache ? word : std::string();
    return true;
  };
  app.add_option("--cache", CLI::callback_t(cache),
                 "Where results are remembered, so that nothing is worked on twice; off: nowhere. "
                 "Default imgmill in $XDG_CACHE_HOME or ~/.cache.")
      ->type_name("DIR|off")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->group(group);
  add_value(app, "--cache-size", "SIZE", options.cache_size, parse_size,
            "What the cache may take; results not used for longest go first. Default 5GiB.")
      ->group(group);
}

Result<void> CommandLine::finish_memory_options(RunOptions& run) const {
  if (check_ && dry_run_) {
    return fail(ErrorCode::usage, "--check and --dry-run contradict each other",
                "--dry-run decodes nothing, --check does all the work; leave one of them out");
  }
  if (check_ && run.resume) {
    return fail(ErrorCode::usage, "--check leaves nothing that could be resumed",
                "leave --resume out");
  }
  return {};
}

void CommandLine::define_cache() {
  CLI::App& app =
      *app_.add_subcommand("cache", "Show or empty what is remembered of earlier runs.");
  add_value(app, "ACTION", "stats|clear", cache_.action,
            one_of<std::optional<CacheCommandOptions::Action>>(
                {{"stats", CacheCommandOptions::Action::stats},
                 {"clear", CacheCommandOptions::Action::clear}}),
            "stats shows how much there is, clear removes it all.");
  add_value(app, "--cache", "DIR", cache_.folder, any_path,
            "The cache. Default imgmill in $XDG_CACHE_HOME or ~/.cache.")
      ->group("Which one");
}

Result<Request> CommandLine::finish_cache() {
  if (!cache_.action) {
    return fail(ErrorCode::usage, "it is not said what to do with the cache",
                "write: imgmill cache stats, or imgmill cache clear");
  }
  return cache_;
}

void CommandLine::define_restore() {
  CLI::App& app = *app_.add_subcommand(
      "restore", "Bring the originals back that --in-place --backup DIR has put away.");
  add_value(app, "DIR", "DIR", restore_.backup, any_path, "The folder with the backups.");
  const std::string group = "How it runs";
  add_value(app, "--to", "DIR", restore_.to, any_path,
            "Put the tree of the backups below this folder, instead of each where it came from.")
      ->group(group);
  app.add_flag("--overwrite", restore_.overwrite,
               "Also replace what was changed since. Without it such a file is left and told.")
      ->group(group);
  app.add_flag("--remove", restore_.remove, "Remove each backup that is restored.")->group(group);
}

Result<Request> CommandLine::finish_restore() {
  if (restore_.backup.empty()) {
    return fail(ErrorCode::usage, "no DIR was given", "write: imgmill restore originals");
  }
  return restore_;
}

}  // namespace imgmill::cli
