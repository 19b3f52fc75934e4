#include "options/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "imgmill/version.h"
#include "options/define.h"
#include "options/definition.h"

namespace imgmill::cli {
namespace {

Result<int> parse_jobs(std::string_view text) {
  IMGMILL_TRY(const std::int64_t jobs, parse_number(text, 1, 1024));
  return static_cast<int>(jobs);
}

Result<std::uint32_t> parse_count(std::string_view text) {
  IMGMILL_TRY(const std::int64_t count, parse_number(text, 0, 1'000'000'000));
  return static_cast<std::uint32_t>(count);
}

std::string keep_list() {
  std::vector<std::string> names;
  for (const std::string_view name : keep_names()) names.emplace_back(name);
  return listed(names, "and");
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::unexpected<Error> backup_without_originals() {
  return fail(ErrorCode::usage, "--backup is for originals that are replaced",
              "add --in-place, or leave it out");
}

}  // namespace

CommandLine::CommandLine()
    : app_("imgmill makes images as small as they can be while looking the same.", "imgmill") {
  app_.require_subcommand(0, 1);
  app_.set_help_flag("-h,--help", "Show this help.")->group("Other");
  app_.set_version_flag(
          "--version",
          [] { return fmt::format("imgmill {} (libvips {})", imgmill::version, engine_version()); },
          "Show the version and that of the engine.")
      ->group("Other");
  define_optimize();
  define_batch();
  define_compare();
  define_serve();
  define_watch();
  define_set();
  define_config();
  define_inspect();
  define_placeholder();
  define_cache();
  define_restore();
  define_restore_jpeg();
  define_doctor();
  define_generators();
  for (CLI::App* command : app_.get_subcommands({})) {
    command->set_help_flag("-h,--help", "Show this help.")->group("Telling");
  }
}

void CommandLine::define_optimize() {
  CLI::App& app =
      *app_.add_subcommand("optimize", "Make images smaller: files, folders, or a pipe.");
  add_words(app, "INPUT", optimize_.inputs,
            "Images and folders (with all below them); - is standard input, @FILE a list of paths, "
            "one a line or separated by NUL (write ./@FILE for an image that is called so).");
  const std::string where = "Where results go";
  add_value(
      app, "-o,--output", "DIR|FILE", optimize_.output, any_text,
      "Folder for the results, made when missing; or, with one input, a file, whose extension "
      "says the format (a new name without one is a folder). - is standard output.")
      ->group(where);
  app.add_flag("--in-place", optimize_.in_place, "Replace the originals.")->group(where);
  add_backup(app, optimize_.run);
  add_value(app, "--name", "PATTERN", optimize_.name, any_text,
            "How results are called: {name} is the input's name, {from} its extension; the new "
            "extension is added. With '{name}-{from}' logo.jpg and logo.png both become WebP.")
      ->group(where);
  app.add_flag("--copy-others", optimize_.copy_others,
               "Copy all other files of the input folders into the output folder, untouched, so "
               "that it has the whole tree; also hidden and excluded ones.")
      ->group(where);
  add_picture_options(app);
  add_config_options(app);
  add_choice_of_files(app);
  app.add_flag("--follow-links", optimize_.follow_links, "Walk into linked folders.")
      ->group("Which files");
  add_run_options(app, optimize_.run);
}

void CommandLine::add_choice_of_files(CLI::App& app) {
  const std::string which = "Which files";
  add_list(app, "--exclude", "GLOB", optimize_.exclude,
           "Skip matching files and folders: '*.gif' by name, 'drafts/' a folder, "
           "'web/**/icon-*' by path below the input. May be given several times; put it in "
           "quotes.")
      ->group(which);
  add_list(app, "--include", "GLOB", optimize_.include,
           "Take only files that match, as above; --exclude wins.")
      ->group(which);
  app.add_flag("--all-files", optimize_.all_files,
               "Look inside files without an image extension, too.")
      ->group(which);
}

void CommandLine::add_backup(CLI::App& app, RunOptions& options) {
  add_value(app, "--backup", "DIR", options.batch.backup_dir, any_path,
            "With --in-place: first put each original below this folder.")
      ->group("Where results go");
}

void CommandLine::add_picture_options(CLI::App& app) {
  ImageSettings& settings = optimize_.settings;
  const std::string group = "Picture";
  add_value(app, "-q,--quality", "N", settings.quality.global, parse_quality,
            "Quality of all formats, 1 to 100; 100 is lossless where the format can.")
      ->group(group);
  for (const FormatInfo& format : formats()) {
    if (!format.lossy || !format.writable) continue;
    add_value(app, fmt::format("--{}-quality", format.name), "N",
              settings.quality.own(format.format), parse_quality,
              fmt::format("Quality of {}; wins over --quality. Default {}.", upper(format.name),
                          format.default_quality))
        ->group(group);
  }
  add_target_options(app);
  app.add_flag("--lossless", lossless_, "Keep every pixel exactly as it is; checked by decoding.")
      ->group(group);
  add_value(app, "--resize", "width=N|height=N|longest=N|shortest=N|fit=WxH|PERCENT%",
            settings.resize, parse_resize,
            "New size in pixels of the upright picture; never larger than the original.")
      ->group(group);
  add_crop_options(app);
  app.add_flag("--enlarge", enlarge_, "Let --resize make pictures larger.")->group(group);
  add_value(app, "--resize-filter", "lanczos3|mitchell|catmull-rom|box|nearest", resize_filter_,
            one_of<ResizeFilter>(resize_filters),
            "Filter for --resize: lanczos3 is the sharpest, mitchell is soft and does not ring, "
            "catmull-rom is between the two, box averages, nearest is for pixel art. Default "
            "lanczos3.")
      ->group(group);
  add_value(app, "--resize-light", "coded|linear", resize_light_,
            one_of<ResizeLight>(resize_lights),
            "Average the coded values, which keeps text and lines as dark as they look, or linear "
            "light, which keeps stars, lamps and glitter as bright as they are. Default coded.")
      ->group(group);
  add_value(app, "--sharpen", "off|N", sharpen_, parse_sharpening,
            "Raise the contrast of the finest detail of reduced pictures by N percent, 1 to 100. "
            "Default off.")
      ->group(group);
  add_value(
      app, "--keep", "all|none|LIST", settings.keep, parse_keep,
      "Metadata that stays: " + keep_list() +
          ", separated by commas. Default icc,copyright,orientation. The resolution always stays; "
          "unknown metadata is removed with none only.")
      ->group(group);
  add_value(app, "--effort", "fast|balanced|max", settings.effort, one_of<Effort>(efforts),
            "How much time to spend on smaller files. Default balanced.")
      ->group(group);
  app.add_flag("--to-srgb", to_srgb_, "Convert colours to sRGB instead of keeping the profile.")
      ->group(group);
  add_value(app, "--background", "#RRGGBB", settings.background, parse_colour,
            "Colour under transparency where the format has none, and around --fit pad. Default "
            "'#ffffff'.")
      ->group(group);
  app.add_flag("--clean-alpha", settings.clean_alpha,
               "Let colours that full transparency hides change where that saves bytes (PNG).")
      ->group(group);
  add_value(app, "--animation", "refuse|keep|first-frame", animation_,
            one_of<std::optional<Animation>>(animations),
            "What to do with an animation, or several pictures in one file, if the output format "
            "holds only one: fail, keep its own format, or take the first frame (or the main "
            "picture). Default: keep; refuse if OUTPUT is named like an image.")
      ->group(group);
  app.add_flag("--first-frame", first_frame_, "The same as --animation first-frame.")->group(group);
}

void CommandLine::add_limits(CLI::App& app, Limits& limits) {
  const std::string group = "Limits";
  add_value(app, "--max-pixels", "N", limits.max_pixels, parse_pixels,
            "Refuse images with more pixels (all frames); also 100M. Default 268M.")
      ->group(group);
  add_value(app, "--max-input", "SIZE", limits.max_input_bytes, parse_size,
            "Refuse larger files; such as 20MB. Default 1GiB.")
      ->group(group);
}

void CommandLine::add_memory_bound(CLI::App& app, OptimizerOptions& options) {
  add_value(app, "--memory", "SIZE", options.memory, parse_size,
            "Memory for all images in work together, as estimated, such as 2GB. Large images wait "
            "for each other; one that needs more is refused. Default: half of the memory.")
      ->group("How it runs");
}

void CommandLine::add_run_options(CLI::App& app, RunOptions& options) {
  const std::string group = "How it runs";
  add_value(app, "-j,--jobs", "N", options.batch.jobs, parse_jobs,
            "Number of images to process at the same time. Default: one large image, or two below "
            "1 MiB, per available core.")
      ->group(group);
  add_memory_bound(app, options.optimizer);
  add_value(app, "--pipeline", "on|off", options.batch.pipeline,
            one_of<Pipelining>({{"on", Pipelining::on}, {"off", Pipelining::off}}),
            "Read, process and write different images at the same time. Default on.")
      ->group(group);
  OptimizerOptions& optimizer = options.optimizer;
  add_value(app, "--isolation", "process|thread", optimizer.isolation,
            one_of<Isolation>(isolations),
            "Process images in sandboxed processes, which are replaced if they fail, or in threads "
            "of this process. Default process.")
      ->group(group);
  add_value(app, "--sandbox", "require|auto|off", optimizer.sandbox,
            one_of<SandboxMode>(sandbox_modes),
            "Sandbox of those processes: require all layers, use those that this machine offers "
            "(see imgmill doctor), or use none. Default auto.")
      ->group(group);
  add_value(app, "--warmup", "on|off", optimizer.warm_up,
            one_of<WarmUp>({{"on", WarmUp::on}, {"off", WarmUp::off}}),
            "Start all processes at once and let each decode and encode a small picture in every "
            "format, before it is needed. Default on; off for a single file.")
      ->group(group);
  add_value(
      app, "--timeout", "SECONDS", optimizer.timeout, parse_seconds,
      "Give up on an image that takes more CPU time, or does nothing for so long; large ones and "
      "--effort max get more. Default 600.")
      ->group(group);
  add_value(app, "--images-per-worker", "N", optimizer.images_per_worker, parse_count,
            "Replace each process after so many images; 0: never. Default 5000.")
      ->group(group);
  app.add_flag("--dry-run", dry_run_, "Plan and check everything, write nothing.")->group(group);
  add_memory_options(app, options);
  CLI::Option* const overwrite =
      app.add_flag("--overwrite", overwrite_, "Replace outputs that are there already.");
  CLI::Option* const skip =
      app.add_flag("--skip-existing", skip_existing_,
                   "Leave outputs that are there already. Without either, such an image fails.");
  overwrite->group(group);
  skip->group(group)->excludes(overwrite);
  app.add_flag("--fail-fast", fail_fast_, "Stop at the first failure.")->group(group);
  add_limits(app, options.batch.limits);
  add_value(app, "--report", "FILE", options.report, any_path,
            "Write a report of all results: .json, .csv or .html (one page to look at).")
      ->group("Telling");
  add_talk(app, options.output);
}

void CommandLine::add_talk(CLI::App& app, OutputOptions& output) {
  const std::string group = "Telling";
  add_value(app, "--progress", "auto|bar|json|none", output.progress,
            one_of<ProgressMode>({{"auto", ProgressMode::automatic},
                                  {"bar", ProgressMode::bar},
                                  {"json", ProgressMode::json},
                                  {"none", ProgressMode::none}}),
            "Progress on standard error: a bar on a terminal, lines elsewhere, or JSON lines.")
      ->group(group);
  app.add_flag("-v,--verbose", output.verbose, "Tell about every image; twice: for debugging.")
      ->group(group);
  app.add_flag("--quiet", output.quiet, "Tell about failures only.")->group(group);
  add_value(app, "--log-format", "text|json", output.log_format,
            one_of<LogFormat>({{"text", LogFormat::text}, {"json", LogFormat::json}}),
            "Logs as text, or one JSON object a line (then there is no bar).")
      ->group(group);
}

void CommandLine::define_batch() {
  CLI::App& app = *app_.add_subcommand(
      "batch", "Do the tasks of a JSON file; results go to standard output as JSON lines.");
  add_value(app, "TASKS", "TASKS", batch_.tasks, any_text,
            "JSON file with tasks: an array, or one object a line; - is standard input.");
  app.add_flag("--in-place", batch_.in_place,
               "Let tasks replace their inputs: those whose output_path is their input_path.")
      ->group("Where results go");
  add_backup(app, batch_.run);
  add_config_options(app);
  add_run_options(app, batch_.run);
}

void CommandLine::define_inspect() {
  CLI::App& app = *app_.add_subcommand("inspect", "Show what is in images without decoding them.");
  add_words(app, "FILE", inspect_.files, "Images; - is standard input.");
  app.add_flag("--json", inspect_.json, "One JSON object a line.")->group("Telling");
  add_limits(app, inspect_.limits);
}

void CommandLine::define_doctor() {
  CLI::App& app = *app_.add_subcommand("doctor", "Show what this machine offers.");
  app.add_flag("--json", doctor_.json, "One JSON object.")->group("Telling");
}

void CommandLine::define_generators() {
  app_.add_subcommand("man", "Print the manual page as roff.")->group("");
  CLI::App& app = *app_.add_subcommand("completions", "Print a completion script for a shell.");
  app.group("");
  add_value(app, "SHELL", "bash|zsh|fish", shell_,
            one_of<std::string>({{"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}}),
            "The shell.");
}

const CLI::App& CommandLine::chosen() const {
  const auto called = app_.get_subcommands();
  return called.empty() ? app_ : *called.front();
}

Result<Request> CommandLine::request() {
  const std::string command = &chosen() == &app_ ? "" : chosen().get_name();
  if (command.empty()) return NothingAsked{help_text(app_, app_)};
  if (command == "man") return PrintText{man_page(app_)};
  if (command == "completions") {
    if (shell_.empty()) {
      return fail(ErrorCode::usage, "no shell was given", "write bash, zsh or fish");
    }
    return PrintText{completions(app_, shell_)};
  }
  if (command == "doctor") return doctor_;
  if (command == "cache") return finish_cache();
  if (command == "compare") return finish_compare();
  if (command == "placeholder") return finish_placeholder();
  if (command == "serve") return finish_serve();
  if (command == "restore") return finish_restore();
  if (command == "restore-jpeg") return finish_restore_jpeg();
  if (command == "inspect") {
    if (inspect_.files.empty()) {
      return fail(ErrorCode::usage, "no FILE was given", "write: imgmill inspect photo.jpg");
    }
    return inspect_;
  }
  if (command == "config") return finish_config();
  RunOptions& run = command == "batch" ? batch_.run : optimize_.run;
  run.config = config_;
  if (run.output.quiet && run.output.verbose > 0) {
    return fail(ErrorCode::usage, "--quiet and --verbose contradict each other",
                "leave one of them out");
  }
  run.batch.existing = overwrite_       ? ExistingOutput::overwrite
                       : skip_existing_ ? ExistingOutput::skip
                                        : ExistingOutput::refuse;
  run.batch.on_failure = fail_fast_ ? OnFailure::stop : OnFailure::go_on;
  run.batch.dry_run = dry_run_ ? DryRun::yes : check_ ? DryRun::check : DryRun::no;
  IMGMILL_CHECK(finish_memory_options(run));
  // Allowing more pixels also raises the limit on decoded bytes, by 4 bytes per pixel.
  Limits& limits = run.batch.limits;
  if (limits.max_pixels > Limits{}.max_pixels) {
    limits.max_decoded_bytes = std::max(limits.max_decoded_bytes, limits.max_pixels * 4);
  }
  if (command == "batch") {
    if (batch_.tasks.empty()) {
      return fail(ErrorCode::usage, "no TASKS were given",
                  "write: imgmill batch tasks.json, or - for standard input");
    }
    if (run.batch.backup_dir && !batch_.in_place) return backup_without_originals();
    return batch_;
  }
  if (command == "watch") return finish_watch();
  if (command == "set") return finish_set();
  return finish_optimize();
}

Result<void> CommandLine::finish_picture() {
  ImageSettings& settings = optimize_.settings;
  if (lossless_) settings.compression = Compression::lossless;
  if (enlarge_) settings.resize.enlarge = Enlarge::allow;
  settings.resize.filter = resize_filter_;
  settings.resize.light = resize_light_;
  settings.resize.sharpen = sharpen_;
  settings.resize.fit = fit_;
  if (to_srgb_) settings.colour = ColourPolicy::to_srgb;
  if (first_frame_ && animation_ && *animation_ != Animation::first_frame) {
    return fail(ErrorCode::usage, "--first-frame and --animation contradict each other",
                "leave one of them out");
  }
  settings.animation = first_frame_ ? Animation::first_frame : animation_.value_or(Animation::keep);
  IMGMILL_CHECK(finish_target());
  return validate(settings);
}

Result<Request> CommandLine::finish_optimize() {
  IMGMILL_CHECK(finish_picture());
  ImageSettings& settings = optimize_.settings;
  // The name asks for one format and no other.
  const bool named = format_of_name(optimize_.output).has_value();
  if (named && !animation_ && !first_frame_) settings.animation = Animation::refuse;
  if (optimize_.inputs.empty()) {
    return fail(ErrorCode::usage, "no INPUT was given",
                "name files or folders: imgmill optimize photos -o photos-small; - is standard "
                "input");
  }
  const bool standard_input = std::ranges::count(optimize_.inputs, "-") > 0;
  if (standard_input && check_) {
    return fail(ErrorCode::usage, "--check is for files, not for standard input",
                "name files or folders");
  }
  if (standard_input && optimize_.inputs.size() > 1) {
    return fail(ErrorCode::usage, "standard input (-) cannot be mixed with other inputs",
                "optimize the files in a command of their own");
  }
  if (optimize_.in_place) {
    if (standard_input) {
      return fail(ErrorCode::usage, "standard input (-) cannot be replaced in place",
                  "leave out --in-place, or write -o FILE");
    }
    if (!optimize_.output.empty()) {
      return fail(ErrorCode::usage, "--in-place and --output contradict each other",
                  "leave one of them out");
    }
    if (skip_existing_) {
      return fail(ErrorCode::usage, "--in-place with --skip-existing would skip every image",
                  "leave one of them out");
    }
    optimize_.run.batch.existing = ExistingOutput::overwrite;
  } else if (optimize_.run.batch.backup_dir) {
    return backup_without_originals();
  } else if (optimize_.output.empty() && check_ && !standard_input) {
    // Nothing is written, so an output place is only needed if names would change.
    if (settings.output_format || settings.choose_format) {
      return fail(ErrorCode::usage, "--check with --format has to know the names of the results",
                  "add -o FOLDER; nothing is written there");
    }
    optimize_.in_place = true;
  } else if (optimize_.output.empty() && !standard_input) {
    return fail(
        ErrorCode::usage, "it is not said where the results go",
        optimize_.inputs.size() == 2
            ? fmt::format("write -o before the place: imgmill optimize {} -o {}",
                          printable(optimize_.inputs[0]), printable(optimize_.inputs[1]))
            : "add -o FOLDER (or, for one image, -o FILE), or --in-place to replace the originals");
  } else if (optimize_.output == "-" && !standard_input) {
    return fail(ErrorCode::usage, "only standard input can go to standard output",
                "write: imgmill optimize - < FILE");
  }
  return optimize_;
}

std::expected<Request, UsageError> CommandLine::parse(const std::vector<std::string>& words) {
  const auto wrong = [&](Error error) {
    return std::unexpected(
        UsageError{&chosen() == &app_ ? std::string() : chosen().get_name(), std::move(error)});
  };
  if (!words.empty() && words.front() == "help") return help(words);
  if (words.size() == 1 && words.front() == "version") return parse({"--version"});
  try {
    std::vector<std::string> backwards(words.rbegin(), words.rend());
    std::ranges::transform(backwards, backwards.begin(), guarded);
    app_.parse(std::move(backwards));
  } catch (const CLI::CallForHelp&) {
    return PrintText{help_text(app_, chosen())};
  } catch (const CLI::CallForVersion& version) {
    return PrintText{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return wrong(explain(error));
  } catch (WrongValue& value) {
    return wrong(std::move(value.error));
  }
  if (!preset_is_expanded_) config_.given = given_settings();
  if (const std::vector<std::string> more = preset_words(); !more.empty()) {
    CommandLine expanded;
    expanded.config_.given = config_.given;
    expanded.preset_is_expanded_ = true;
    std::vector<std::string> all = words;
    all.insert(all.begin() + 1, more.begin(), more.end());
    return expanded.parse(all);
  }
  auto result = request();
  if (!result) return wrong(std::move(result).error());
  return *std::move(result);
}

}  // namespace imgmill::cli
