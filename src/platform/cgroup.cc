#include "platform/cgroup.h"

#include <fstream>
#include <initializer_list>

namespace imgmill {
namespace {

/// True if a comma-separated list of v1 controllers contains this one.
bool lists(const std::string& controllers, std::string_view controller) {
  const std::string wanted = "," + std::string(controller) + ",";
  return ("," + controllers + ",").find(wanted) != std::string::npos;
}

/// Adds `group` and all its ancestors, up to the root "".
void add_with_ancestors(std::vector<ControlGroup>& groups, int version, const std::string& mount,
                        std::string group) {
  while (!group.empty() && group.back() == '/') group.pop_back();
  for (;;) {
    groups.push_back({version, mount + group});
    const auto slash = group.rfind('/');
    if (slash == std::string::npos) return;
    group.resize(slash);
  }
}

}  // namespace

std::optional<std::string> first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) return std::nullopt;
  return line;
}

std::vector<ControlGroup> control_groups(std::string_view controller) {
  std::vector<ControlGroup> groups;
  std::ifstream file("/proc/self/cgroup");
  std::string line;  // "hierarchy:controllers:group"
  while (std::getline(file, line)) {
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      add_with_ancestors(groups, 2, "/sys/fs/cgroup", group);
    } else if (lists(controllers, controller)) {
      // Controllers that share a hierarchy are mounted under all their names, with a symlink for
      // each name.
      add_with_ancestors(groups, 1, "/sys/fs/cgroup/" + controllers, group);
      if (controllers != controller) {
        add_with_ancestors(groups, 1, "/sys/fs/cgroup/" + std::string(controller), group);
      }
    }
  }
  return groups;
}

}  // namespace imgmill
