// The control groups of this process.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill {

/// A control group's folder in the kernel's file system.
struct ControlGroup {
  int version = 2;     ///< 2, or 1: one hierarchy per controller
  std::string folder;  ///< absolute, without a trailing slash
};

/// The control groups that limit this process for `controller` ("cpu", "memory"): its own and their
/// ancestors, of both versions. In a container, the path of a group may not exist as seen from
/// inside; its ancestors, up to the root, are returned all the same.
[[nodiscard]] std::vector<ControlGroup> control_groups(std::string_view controller);

/// The first line of a file; nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> first_line(const std::string& path);

}  // namespace imgmill
