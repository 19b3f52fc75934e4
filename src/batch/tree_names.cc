#include "batch/tree_names.h"

#include "base/file_names.h"
#include "base/try.h"

namespace imgmill {

namespace fs = std::filesystem;

Result<TreeNames> TreeNames::of(PlanRequest request) {
  IMGMILL_TRY(PlanRules rules, plan_rules(request));
  std::vector<std::string> roots;
  for (const fs::path& input : request.inputs) roots.push_back(folder_prefix(input));
  return TreeNames(std::move(request), std::move(rules), std::move(roots));
}

/// By names, as FolderWalk goes.
bool TreeNames::takes(std::string_view below) const {
  const WalkRules& walk = rules_.walk;
  for (std::size_t start = 0;;) {
    if (below.substr(start).starts_with('.')) return false;
    const std::size_t slash = below.find('/', start);
    if (slash == std::string_view::npos) break;
    if (walk.exclude.match_folder(below.substr(0, slash))) return false;
    start = slash + 1;
  }
  const std::string_view name = below.substr(below.rfind('/') + 1);
  if (!format_of_name(name) && !(walk.all_files && other_picture_format(name).empty())) {
    return false;
  }
  return !walk.exclude.match_file(below) &&
         (walk.include.empty() || walk.include.match_file(below));
}

std::optional<PlannedTask> TreeNames::task_for(const fs::path& file) const {
  const std::string& path = file.native();
  for (std::size_t i = 0; i < roots_.size(); ++i) {
    if (!path.starts_with(roots_[i])) continue;
    const std::string below = path.substr(roots_[i].size());
    if (!takes(below)) continue;
    std::shared_ptr<const ImageSettings> settings = request_.settings;
    if (request_.settings_for) {
      auto own = request_.settings_for(file);
      if (!own) return std::unexpected(PlanFailure{file, {}, std::move(own).error()});
      settings = *std::move(own);
    }
    const std::size_t name = below.rfind('/') + 1;
    const std::string output =
        folder_prefix(request_.output) + rules_.kept_folders[i] + below.substr(0, name) +
        rules_.names.name_for(std::string_view(below).substr(name), settings->output_format);
    return ImageTask{file, output, std::move(settings)};
  }
  return std::nullopt;
}

}  // namespace imgmill
