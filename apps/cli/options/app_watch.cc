// The part of the command line that is about watching folders.
#include <fmt/format.h>

#include <array>

#include "options/app.h"
#include "options/define.h"

namespace imgmill::cli {

void CommandLine::define_watch() {
  CLI::App& app = *app_.add_subcommand(
      "watch", "Make images smaller again and again, as files come, change and go.");
  add_words(app, "DIR", optimize_.inputs, "Folders, with all below them.");
  const std::string where = "Where results go";
  add_value(app, "-o,--output", "DIR", optimize_.output, any_text,
            "Folder for the results, made when missing. It may lie in a watched folder, which then "
            "is watched without it.")
      ->group(where);
  app.add_flag("--delete", remove_,
               "Remove a result when its original is gone, if it still is as imgmill wrote it.")
      ->group(where);
  add_value(app, "--name", "PATTERN", optimize_.name, any_text,
            "How results are called, as for imgmill optimize.")
      ->group(where);
  add_picture_options(app);
  add_config_options(app);
  add_choice_of_files(app);
  add_run_options(app, optimize_.run);
}

Result<Request> CommandLine::finish_watch() {
  IMGMILL_CHECK(finish_picture());
  if (optimize_.inputs.empty()) {
    return fail(ErrorCode::usage, "no DIR was given", "write: imgmill watch assets -o smaller");
  }
  if (optimize_.output.empty() || optimize_.output == "-") {
    return fail(ErrorCode::usage, "it is not said where the results go", "add -o FOLDER");
  }
  struct Unfit {
    bool given;
    std::string_view option;
  };
  const std::array unfit = {Unfit{check_, "--check"},
                            Unfit{dry_run_, "--dry-run"},
                            Unfit{fail_fast_, "--fail-fast"},
                            Unfit{optimize_.run.resume, "--resume"},
                            Unfit{optimize_.run.report.has_value(), "--report"},
                            Unfit{optimize_.budget.has_value(), "--budget"}};
  for (const Unfit& row : unfit) {
    if (!row.given) continue;
    return fail(ErrorCode::usage, fmt::format("{} is for a run that has an end", row.option),
                "leave it out, or write: imgmill optimize");
  }
  return WatchCommandOptions{optimize_, remove_};
}

}  // namespace imgmill::cli
