#include <fmt/core.h>

#include <limits>
#include <mutex>

#include "base/text.h"
#include "base/utf8.h"
#include "batch/collision.h"
#include "batch/input_files.h"
#include "batch/named_format.h"
#include "batch/output_claims.h"
#include "imgmill/batch.h"
#include "platform/file.h"

namespace imgmill {
namespace {

class GivenTasks final : public TaskSource {
 public:
  GivenTasks(std::vector<ImageTask> tasks, Originals originals)
      : tasks_(std::move(tasks)), originals_(originals) {}

  std::optional<PlannedTask> next() override {
    if (next_ == tasks_.size()) return std::nullopt;
    const std::size_t at = next_++;
    ImageTask& task = tasks_[at];
    if (task.input_path.empty() || task.output_path.empty()) {
      return failure(
          task, Error(ErrorCode::usage, "a task without an input or output path", "give it both"));
    }
    if (same_file(task)) {
      if (originals_ == Originals::refuse) return failure(task, would_be_replaced(task.input_path));
      task.output_path = task.input_path;
    }
    auto settings = formats_.settings_for(task.input_path, task.output_path, task.settings);
    if (!settings) return failure(task, std::move(settings).error());
    task.settings = *std::move(settings);
    const std::string folded = folded_output(task);
    const auto same = [&](std::uint32_t other) { return folded_output(tasks_[other]) == folded; };
    const auto earlier = claims_.claim(folded, static_cast<std::uint32_t>(at), same);
    if (earlier) {
      return failure(
          task, output_collision(tasks_[*earlier].input_path, task.input_path, task.output_path));
    }
    return task;
  }

  [[nodiscard]] std::optional<std::filesystem::path> input_at(
      const std::filesystem::path& output) const override {
    std::call_once(listed_, [this] {
      for (const ImageTask& task : tasks_) inputs_.add(task.input_path);
    });
    return inputs_.find(output);
  }

 private:
  static PlannedTask failure(const ImageTask& task, Error error) {
    return std::unexpected(PlanFailure{task.input_path, task.output_path, std::move(error)});
  }
  static bool same_file(const ImageTask& task) {
    if (task.input_path.native() == task.output_path.native()) return true;
    const Result<std::optional<FileFacts>> output = facts_of(task.output_path);
    if (!output || !*output) return false;
    const Result<std::optional<FileFacts>> input = facts_of(task.input_path);
    return input && *input && (*input)->same_file(**output);
  }
  static std::string folded_output(const ImageTask& task) {
    std::string name = task.output_path.lexically_normal().native();
    // Originals that are replaced already exist side by side, so case distinguishes them here.
    return task.output_path.native() == task.input_path.native() ? name : fold_case(name);
  }

  std::vector<ImageTask> tasks_;
  const Originals originals_;
  std::size_t next_ = 0;
  NamedFormats formats_;
  OutputClaims claims_;
  mutable std::once_flag listed_;
  mutable InputFiles inputs_;
};

}  // namespace

Error output_collision(const std::filesystem::path& earlier, const std::filesystem::path& later,
                       const std::filesystem::path& output, Naming naming) {
  if (earlier.lexically_normal() == later.lexically_normal()) {
    return Error(ErrorCode::usage, fmt::format("'{}' is named twice", printable(later)),
                 "name it once");
  }
  // Only their extensions differ: the name can include those.
  const bool told_apart = naming == Naming::by_pattern && earlier.stem() == later.stem() &&
                          earlier.extension() != later.extension();
  return Error(
      ErrorCode::usage,
      fmt::format("'{}' and '{}' would both be written to '{}'", printable(earlier),
                  printable(later), printable(output)),
      told_apart
          ? "{from} in --name puts what each was into its new name, as --name '{name}-{from}'"
          : "rename one of them, or write them to different folders");
}

Error would_replace_input(const std::filesystem::path& input, const std::filesystem::path& other) {
  return Error(ErrorCode::usage,
               fmt::format("the output of '{}' would replace '{}', which is an input, too",
                           printable(input), printable(other)),
               "choose another output folder, or leave one of the two out");
}

Error would_be_replaced(const std::filesystem::path& input) {
  return Error(ErrorCode::usage, fmt::format("'{}' would be written over itself", printable(input)),
               "use --in-place to replace originals, or choose another output");
}

std::unique_ptr<TaskSource> tasks_from(std::vector<ImageTask> tasks, Originals originals) {
  static const auto defaults = std::make_shared<const ImageSettings>();
  for (ImageTask& task : tasks) {
    if (!task.settings) task.settings = defaults;
  }
  return std::make_unique<GivenTasks>(std::move(tasks), originals);
}

}  // namespace imgmill
