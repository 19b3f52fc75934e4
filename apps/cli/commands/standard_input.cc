// `optimize -`: one image from standard input to standard output or a file.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "batch/named_format.h"
#include "batch/report.h"
#include "commands/commands.h"
#include "commands/configured.h"
#include "commands/inputs.h"
#include "imgmill/optimize.h"
#include "platform/atomic_file.h"
#include "terminal/logging.h"
#include "terminal/reporter.h"
#include "terminal/signals.h"

namespace imgmill::cli {
namespace {

/// A pipe lies in no folder, so that only a file that is named holds for it.
Result<ImageSettings> settings_of(const OptimizeOptions& options) {
  if (!options.run.config.file) return options.settings;
  IMGMILL_TRY(const auto book, book_for(options.run.config, {}));
  IMGMILL_TRY(const auto settings, book->settings_for("-"));
  return *settings;
}

Result<void> check_target(const OptimizeOptions& options, const Screen& screen) {
  const bool standard_output = options.output.empty() || options.output == "-";
  if (standard_output) {
    if (options.run.batch.dry_run == DryRun::no && screen.output_is_terminal()) {
      return fail(ErrorCode::usage, "an image is nothing to print on a terminal",
                  "redirect it: imgmill optimize - < in.jpg > out.jpg, or add -o FILE");
    }
    return {};
  }
  std::error_code error;
  if (options.output.ends_with('/') || std::filesystem::is_directory(options.output, error)) {
    return fail(
        ErrorCode::usage,
        fmt::format("{} is a folder, and an image from standard input has no name",
                    printable(options.output)),
        "give a file name: -o " + printable(std::filesystem::path(options.output) / "out.jpg"));
  }
  return {};
}

Result<void> write_file(const std::string& path, ByteView bytes, ExistingOutput existing) {
  IMGMILL_TRY(AtomicFile file, AtomicFile::create(path));
  IMGMILL_CHECK(file.write(bytes));
  file.default_permissions();
  IMGMILL_CHECK(file.sync());
  IMGMILL_TRY(const Committed committed,
              file.commit(existing == ExistingOutput::overwrite ? Replace::yes : Replace::never));
  if (committed == Committed::name_is_taken) {
    return fail(ErrorCode::environment, printable(path) + " is there already",
                "add --overwrite to replace it, or choose another name");
  }
  return {};
}

Result<void> do_image(const OptimizeOptions& options, Screen& screen, OptimizationResult& result) {
  const BatchOptions& batch = options.run.batch;
  const bool to_file = !options.output.empty() && options.output != "-";
  std::error_code error;
  if (to_file && batch.existing == ExistingOutput::skip &&
      std::filesystem::exists(options.output, error)) {
    result.decision = Decision::skipped;
    return {};
  }
  result.stage = Stage::read;
  IMGMILL_TRY(const Buffer input, read_everything("-", batch.limits.max_input_bytes));
  result.original_size = input.size();
  if (batch.dry_run == DryRun::yes) {
    result.stage = Stage::validate;
    IMGMILL_TRY(const ImageInfo header, inspect(input.view(), batch.limits));
    result.input_format = header.format;
    result.decision = Decision::planned;
    return {};
  }
  result.stage = Stage::process;
  OptimizerOptions how = options.run.optimizer;
  how.jobs = batch.jobs;
  how.warm_up = WarmUp::off;
  IMGMILL_TRY(ImageOptimizer optimizer, ImageOptimizer::create(how));
  IMGMILL_TRY(const Optimized made,
              optimizer.optimize(input.view(), options.settings, batch.limits));
  result.input_format = made.input_format;
  result.format = made.format;
  result.adopt(made);
  result.stage = Stage::write;
  if (to_file) {
    const std::optional<Format> named = format_of_name(options.output);
    if (options.own_format && named && *named != made.format) {
      return fail(
          ErrorCode::usage,
          fmt::format("the output '{}' is named after {}, but the image is a {} and is to "
                      "stay one",
                      printable(options.output), upper_name(*named), upper_name(made.format)),
          "leave out --format original, or give the output another extension");
    }
    IMGMILL_CHECK(write_file(options.output, made.bytes.view(), batch.existing));
  } else if (!screen.data(as_text(made.bytes.view()))) {
    return fail(ErrorCode::environment,
                fmt::format("cannot write to standard output: {}", std::strerror(errno)));
  }
  result.optimized_size = made.bytes.size();
  return {};
}

}  // namespace

Status optimize_standard_input(OptimizeOptions options, Screen& screen) {
  if (const auto checked = check_target(options, screen); !checked) {
    return report_error(screen, "optimize", checked.error());
  }
  auto settings = settings_of(options);
  if (!settings) return report_error(screen, "optimize", settings.error());
  options.settings = *std::move(settings);
  const auto named = format_by_name("-", options.output, options.settings);
  if (!named) return report_error(screen, "optimize", named.error());
  if (*named && !options.own_format) options.settings.output_format = *named;
  std::unique_ptr<ReportWriter> report;
  if (options.run.report) {
    auto created = ReportWriter::create(*options.run.report, options.settings);
    if (!created) return report_error(screen, "optimize", created.error());
    report = *std::move(created);
  }
  // A single image is written whole or not at all, so an interrupt has nothing to finish.
  const Interrupts interrupts([] {
    unlink_temporaries();
    _exit(interrupted_status);
  });
  const auto reporter = make_reporter(options.run.output, screen);
  OptimizationResult result;
  result.original_path = "-";
  result.optimized_path = options.output.empty() ? "-" : options.output;
  const auto start = std::chrono::steady_clock::now();
  if (auto done = do_image(options, screen, result); !done) {
    result.error = std::move(done).error();
  }
  result.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  reporter->on_result(result);
  BatchSummary summary;
  summary.add(result);
  summary.elapsed = result.elapsed;
  reporter->finish(summary, false);
  if (report) {
    report->on_result(result);
    if (const auto finished = report->finish(summary); !finished) {
      return report_error(screen, "optimize", finished.error());
    }
  }
  return result.success() ? Status::well : Status::some_failed;
}

}  // namespace imgmill::cli
