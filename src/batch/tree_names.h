// Tasks for single files of a tree, called as those of a walk over it would be.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batch/plan_rules.h"
#include "imgmill/batch.h"

namespace imgmill {

class TreeNames {
 public:
  /// All inputs of `request` are folders, and results do not replace them. Errors: usage, as of
  /// plan().
  [[nodiscard]] static Result<TreeNames> of(PlanRequest request);

  /// The task for `file`, whose path begins with that of an input. None: it is no image, hidden or
  /// excluded.
  [[nodiscard]] std::optional<PlannedTask> task_for(const std::filesystem::path& file) const;

  /// The inputs, with a final '/'; "" is the current folder.
  [[nodiscard]] const std::vector<std::string>& roots() const { return roots_; }
  /// Canonical paths of the folders that no walk enters.
  [[nodiscard]] const std::vector<std::string>& not_walked() const {
    return rules_.walk.not_walked;
  }

 private:
  TreeNames(PlanRequest request, PlanRules rules, std::vector<std::string> roots)
      : request_(std::move(request)), rules_(std::move(rules)), roots_(std::move(roots)) {}
  [[nodiscard]] bool takes(std::string_view below) const;

  PlanRequest request_;
  PlanRules rules_;
  std::vector<std::string> roots_;
};

}  // namespace imgmill
