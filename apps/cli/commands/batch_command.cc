#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "batch/json.h"
#include "commands/commands.h"
#include "commands/configured.h"
#include "commands/inputs.h"
#include "store/content_hash.h"
#include "terminal/logging.h"

namespace imgmill::cli {
namespace {

// A million tasks take about 200 MB.
constexpr std::uint64_t largest_tasks_file = std::uint64_t{1} << 30;

/// Writes results as JSON lines to standard output, as soon as they arrive.
class ResultLines : public BatchObserver {
 public:
  ResultLines(Screen& screen, std::stop_source stop, bool& broken)
      : screen_(screen), stop_(std::move(stop)), broken_(broken) {}

  void on_result(const OptimizationResult& result) override {
    if (broken_ || screen_.data(result_to_json(result) + "\n")) return;
    broken_ = true;
    screen_.trouble("imgmill:", std::string(" cannot write results to standard output: ") +
                                    std::strerror(errno) + "; stopping");
    stop_.request_stop();
  }

 private:
  Screen& screen_;
  std::stop_source stop_;
  bool& broken_;
};

}  // namespace

Status batch_command(const BatchFileOptions& options, Screen& screen) {
  const Logging logging(options.run.output, screen);
  auto text = read_everything(options.tasks, largest_tasks_file);
  if (!text) {
    // A file without tasks is a usage error.
    return report_error(screen, "batch",
                        Error(ErrorCode::usage, text.error().message(), text.error().advice()));
  }
  const ImageSettings defaults = default_settings();
  const Originals originals = options.in_place ? Originals::replace : Originals::refuse;
  const auto book = book_for(options.run.config, {});
  if (!book) return report_error(screen, "batch", book.error());
  const DefaultsFor defaults_for = [&](const std::filesystem::path& input) {
    if (const auto added = (*book)->add(input); !added) {
      return Result<std::shared_ptr<const ImageSettings>>(std::unexpected(added.error()));
    }
    return (*book)->settings_for(input);
  };
  auto tasks = tasks_from_json(as_text(text->view()), defaults_for, originals);
  if (!tasks) return report_error(screen, "batch", tasks.error());
  std::error_code error;
  const std::string batch =
      fmt::format("batch\n{}\n{}{}", content_hash(text->view()).hex(),
                  std::filesystem::current_path(error).native(), (*book)->identity());
  text->shrink(0);

  bool broken = false;
  const Status status =
      run_tasks(**tasks, options.run, defaults, batch, "batch", screen, [&](std::stop_source stop) {
        return std::make_unique<ResultLines>(screen, std::move(stop), broken);
      });
  return broken && status == Status::well ? Status::some_failed : status;
}

}  // namespace imgmill::cli
