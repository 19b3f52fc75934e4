// What a request to plan comes down to, once it is found sound.
#pragma once

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
  /// By input: the folder in the output that keeps its name; "" or with a final '/'.
  std::vector<std::string> kept_folders;
};

/// Looks at inputs and output. Gives `request` settings where it has none, and the format that the
/// name of its output says. Errors: usage, when the request contradicts itself or could harm an
/// input.
[[nodiscard]] Result<PlanRules> plan_rules(PlanRequest& request);

}  // namespace imgmill
