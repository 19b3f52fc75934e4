// Checks a plan request and derives the rules that follow from it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "batch/folder_walk.h"
#include "batch/output_names.h"
#include "imgmill/batch.h"

namespace imgmill {

struct PlanRules {
  bool output_is_file = false;
  OutputNames names;
  WalkRules walk;
  /// One per input: the folder in the output that keeps its name; "" or with a trailing '/'.
  std::vector<std::string> kept_folders;
};

/// Examines inputs and output. Adds default settings to `request` if it has none, and the format
/// that the name of its output implies. Errors: usage (the request contradicts itself or could harm
/// an input).
[[nodiscard]] Result<PlanRules> plan_rules(PlanRequest& request);

/// "a/b/" for a/b, "" for the current folder.
[[nodiscard]] std::string folder_prefix(const std::filesystem::path& folder);
/// Why an original is not replaced by what its settings ask for.
[[nodiscard]] Error not_in_place();

}  // namespace imgmill
