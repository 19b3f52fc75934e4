// Command line: the quality and the format of results.
#include <fmt/format.h>

#include <algorithm>

#include "options/app.h"
#include "options/define.h"

namespace imgmill::cli {

void CommandLine::add_target_options(CLI::App& app) {
  ImageSettings& settings = optimize_.settings;
  const std::string group = "Picture";
  add_value(app, "--target", "N|good|high|excellent|visually-lossless", target_, parse_target,
            "Find the smallest file with at least this SSIMULACRA 2 score, measured on the output; "
            "the names are 70, 80, 85 and 90. Default high, but lossless images stay lossless.")
      ->group(group);
  add_value(app, "--max-bytes", "SIZE", settings.max_bytes, parse_size,
            "No result may be larger, such as 200kB: each as good as fits.")
      ->group(group);
  add_value(app, "--budget", "SIZE", optimize_.budget, parse_size,
            "Total size of all results, such as 20MB: finds the highest target for all images that "
            "fits. Processes every image several times.")
      ->group(group);
  add_value(app, "-f,--format", fmt::format("original|auto|{}", fmt::join(format_names(), "|")),
            format_, parse_format,
            "Format of the results; auto: whichever is smallest at the target. Default original.")
      ->group(group);
  add_value(app, "--allow", "LIST", settings.allowed, parse_formats,
            "What --format auto may choose from. Default jpeg,png,webp,avif.")
      ->group(group);
  app.add_flag("--score", settings.measure, "Measure and report the score with --quality, too.")
      ->group(group);
}

Result<void> CommandLine::finish_target() {
  ImageSettings& settings = optimize_.settings;
  settings.output_format = format_.format;
  settings.choose_format = format_.automatic;
  optimize_.own_format = format_.original;
  bool quality = settings.quality.global.has_value();
  for (const FormatInfo& row : formats()) {
    quality = quality || settings.quality.own(row.format).has_value();
  }
  if (target_ && (quality || lossless_)) {
    return fail(ErrorCode::usage,
                fmt::format("--target and {} contradict each other",
                            lossless_ ? "--lossless" : "a quality number"),
                "leave one of them out: the target finds the quality by itself");
  }
  if (lossless_ && quality) {
    return fail(ErrorCode::usage, "--lossless and a quality number contradict each other",
                "leave one of them out: without loss there is no quality to choose");
  }
  if (!(settings.allowed == ImageSettings{}.allowed) && !settings.choose_format) {
    return fail(ErrorCode::usage, "--allow narrows what --format auto chooses from",
                "add --format auto, or leave --allow out");
  }
  if (optimize_.budget) return finish_budget(target_.has_value(), quality);
  if (target_) {
    settings.target = Target{.score = *target_};
  } else if (!quality && !lossless_ && !settings.max_bytes) {
    settings.target = default_settings().target;
  }
  return {};
}

Result<void> CommandLine::finish_budget(bool target, bool quality) const {
  if (target || quality || lossless_) {
    return fail(
        ErrorCode::usage,
        fmt::format("--budget and {} contradict each other", target      ? "--target"
                                                             : lossless_ ? "--lossless"
                                                                         : "a quality number"),
        "leave one of them out: the budget finds the target by itself");
  }
  if (optimize_.budget == 0U) {
    return fail(ErrorCode::usage, "--budget is 0", "write a size above 0, such as 20MB");
  }
  if (std::ranges::count(optimize_.inputs, "-") > 0) {
    return fail(ErrorCode::usage, "--budget is for files, which are read several times",
                "for one image write --max-bytes, which works with standard input");
  }
  if (dry_run_) {
    return fail(ErrorCode::usage, "--budget has to do the work to know what fits",
                "write --check, which does it and writes nothing, in place of --dry-run");
  }
  if (skip_existing_) {
    return fail(ErrorCode::usage,
                "--budget cannot count outputs of other runs that --skip-existing leaves",
                "leave out --skip-existing: what is done already is not done again");
  }
  if (optimize_.run.resume && optimize_.in_place) {
    return fail(ErrorCode::usage,
                "the budget was shared out among originals that are replaced by now",
                "write the target that was found, in place of --budget: --target N --resume");
  }
  return {};
}

}  // namespace imgmill::cli
