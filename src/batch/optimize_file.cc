#include <fmt/core.h>

#include <chrono>

#include "base/text.h"
#include "base/try.h"
#include "batch/named_format.h"
#include "imgmill/optimize.h"
#include "pipeline/stages.h"
#include "platform/file.h"

namespace imgmill {
namespace {

/// Processes the image in the calling thread.
class Here final : public Executor {
 public:
  Result<Optimized> process(const Work& work, std::stop_token) override {
    return optimize(work.input, work.settings, work.limits);
  }
  int width() const override { return 1; }
};

Result<bool> same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  if (a.native() == b.native()) return true;
  IMGMILL_TRY(const std::optional<FileFacts> first, facts_of(a));
  IMGMILL_TRY(const std::optional<FileFacts> second, facts_of(b));
  return first && second && first->same_file(*second);
}

Error another_format(Format chosen) {
  return Error(
      ErrorCode::usage,
      fmt::format("an original cannot be replaced by another format ({})", info(chosen).name),
      "name another output, or keep the format");
}

}  // namespace

Result<OptimizationResult> optimize_file(const std::filesystem::path& input,
                                         const std::filesystem::path& output,
                                         const ImageSettings& settings, const Limits& limits) {
  IMGMILL_CHECK(validate(settings));
  IMGMILL_TRY(const bool in_place, same_file(input, output));
  // The settings belong to the caller and outlive the call, so they are not copied.
  std::shared_ptr<const ImageSettings> used(std::shared_ptr<void>(), &settings);
  if (!in_place) {
    IMGMILL_TRY(used, NamedFormats().settings_for(input, output, used));
  }
  Job job;
  job.task = {input, in_place ? input : output, std::move(used)};
  const std::string step = fmt::format("optimizing '{}'", printable(input));

  ByteBudget budget(limits.max_input_bytes);
  Here here;
  Result<LoadedJob> loaded = read_stage(job, budget, here, limits, {});
  if (!loaded) return std::unexpected(std::move(loaded).error().within(step));
  Result<ProcessedJob> processed = process_stage(*loaded, here, limits, /*images_left=*/1, {});
  if (!processed) return std::unexpected(std::move(processed).error().within(step));
  if (in_place && processed->output.format != processed->output.input_format) {
    return std::unexpected(another_format(processed->output.format).within(step));
  }
  // The caller agreed to replace `output` itself, not the path that a changed format makes of it.
  const std::filesystem::path& target = processed->job.task.output_path;
  const bool as_named = in_place || target == output;
  const ExistingOutput existing = as_named ? ExistingOutput::overwrite : ExistingOutput::refuse;
  OptimizationResult result = write_stage(*processed, {existing, {}, true, {}});
  if (result.error) return std::unexpected(std::move(*result.error).within(step));
  if (in_place) result.optimized_path = output;
  return result;
}

}  // namespace imgmill
