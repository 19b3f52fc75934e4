// The control groups that this process lives in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill {

/// A folder of the kernel's control groups.
struct ControlGroup {
  int version = 2;     ///< 2, or 1: a hierarchy for each controller
  std::string folder;  ///< absolute, without a slash at the end
};

/// The groups that this process counts in for `controller` ("cpu", "memory"): its own and those
/// above it, of both versions. A container may show a group's path that does not lead anywhere from
/// inside; what is there of its parents, up to the root, is given all the same.
[[nodiscard]] std::vector<ControlGroup> control_groups(std::string_view controller);

/// The first line of a file; nothing where it cannot be read.
[[nodiscard]] std::optional<std::string> first_line(const std::string& path);

}  // namespace imgmill
