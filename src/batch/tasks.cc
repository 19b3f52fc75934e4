#include <fmt/core.h>

#include <limits>

#include "base/text.h"
#include "base/utf8.h"
#include "batch/collision.h"
#include "batch/output_claims.h"
#include "imgmill/batch.h"

namespace imgmill {
namespace {

class GivenTasks final : public TaskSource {
 public:
  explicit GivenTasks(std::vector<ImageTask> tasks) : tasks_(std::move(tasks)) {}

  std::optional<PlannedTask> next() override {
    if (next_ == tasks_.size()) return std::nullopt;
    const std::size_t at = next_++;
    const ImageTask& task = tasks_[at];
    if (task.input_path.empty() || task.output_path.empty()) {
      return std::unexpected(PlanFailure{
          task.input_path, task.output_path,
          Error(ErrorCode::usage, "a task without an input or output path", "give it both")});
    }
    const std::string folded = folded_output(task);
    const auto same = [&](std::uint32_t other) { return folded_output(tasks_[other]) == folded; };
    const auto earlier = claims_.claim(folded, static_cast<std::uint32_t>(at), same);
    if (earlier) {
      return std::unexpected(PlanFailure{
          task.input_path, task.output_path,
          output_collision(tasks_[*earlier].input_path, task.input_path, task.output_path)});
    }
    return task;
  }

 private:
  static std::string folded_output(const ImageTask& task) {
    std::string name = task.output_path.lexically_normal().native();
    // Originals that are replaced exist side by side, so case tells them apart here.
    return task.output_path.native() == task.input_path.native() ? name : fold_case(name);
  }

  std::vector<ImageTask> tasks_;
  std::size_t next_ = 0;
  OutputClaims claims_;
};

}  // namespace

Error output_collision(const std::filesystem::path& earlier, const std::filesystem::path& later,
                       const std::filesystem::path& output) {
  if (earlier.lexically_normal() == later.lexically_normal()) {
    return Error(ErrorCode::usage, fmt::format("'{}' is named twice", printable(later)),
                 "name it once");
  }
  return Error(ErrorCode::usage,
               fmt::format("'{}' and '{}' would both be written to '{}'", printable(earlier),
                           printable(later), printable(output)),
               "rename one of them, or write them to different folders");
}

std::unique_ptr<TaskSource> tasks_from(std::vector<ImageTask> tasks) {
  static const auto defaults = std::make_shared<const ImageSettings>();
  for (ImageTask& task : tasks) {
    if (!task.settings) task.settings = defaults;
  }
  return std::make_unique<GivenTasks>(std::move(tasks));
}

}  // namespace imgmill
