#include "batch/plan_rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "batch/collision.h"
#include "batch/named_format.h"
#include "platform/file.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Compares identities, since one file can have many names.
Result<void> check_not_itself(const fs::path& input, const fs::path& output,
                              const std::optional<FileFacts>& output_facts) {
  const Result<std::optional<FileFacts>> facts = facts_of(input);
  const bool same = input.native() == output.native() ||
                    (output_facts && facts && *facts && (*facts)->same_file(*output_facts));
  if (same) return std::unexpected(would_be_replaced(input));
  return {};
}

/// The last `count` names of an absolute, normalized path.
std::string last_names(const fs::path& path, std::size_t count) {
  const auto all = static_cast<std::size_t>(std::distance(path.begin(), path.end()));
  auto at = path.begin();
  std::advance(at, all - std::min(count, all - 1));
  fs::path names;
  for (; at != path.end(); ++at) names /= *at;
  return names.native();
}

/// The name of each folder in the output: its own name or, if several have the same, as much of
/// their paths as distinguishes them. Inputs that are not folders get none.
std::vector<std::string> kept_folders(const std::vector<fs::path>& inputs,
                                      const std::vector<bool>& is_folder) {
  std::vector<std::string> kept(inputs.size());
  if (inputs.size() < 2) return kept;
  struct Named {
    fs::path path;
    std::size_t input = 0;
    std::size_t names = 1;
  };
  std::vector<Named> folders;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!is_folder[i]) continue;
    std::error_code error;
    fs::path path = fs::absolute(inputs[i], error).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    if (!error) folders.push_back({std::move(path), i, 1});
  }
  for (bool again = true; again;) {
    again = false;
    std::map<std::string, std::vector<Named*>> by_name;
    for (Named& folder : folders) {
      kept[folder.input] = last_names(folder.path, folder.names);
      by_name[fold_case(kept[folder.input])].push_back(&folder);
    }
    for (const auto& [name, same] : by_name) {
      const bool one_path = std::ranges::all_of(
          same, [&](const Named* folder) { return folder->path == same.front()->path; });
      if (one_path) continue;
      for (Named* folder : same) {
        const auto all = std::distance(folder->path.begin(), folder->path.end());
        if (folder->names + 1 >= static_cast<std::size_t>(all)) continue;
        ++folder->names;
        again = true;
      }
    }
  }
  for (std::string& name : kept) {
    if (!name.empty()) name += '/';
  }
  return kept;
}

struct Output {
  bool is_file = false;
  std::vector<bool> is_folder;  ///< one per input
};

/// Backups among the images would be inputs of the next run.
Result<void> check_backups(const PlanRequest& request) {
  for (const fs::path& folder : request.exclude) {
    const Result<std::optional<FileFacts>> backups = facts_of(folder);
    if (!backups || !*backups) continue;
    for (const fs::path& input : request.inputs) {
      const Result<std::optional<FileFacts>> facts = facts_of(input);
      if (!facts || !*facts || !(*facts)->same_file(**backups)) continue;
      return fail(
          ErrorCode::usage,
          fmt::format("the folder of the backups '{}' is an input itself", printable(folder)),
          "choose another one; it may lie in the input folder");
    }
  }
  return {};
}

Result<Output> check_output(const PlanRequest& request) {
  Output result;
  result.is_folder.resize(request.inputs.size());
  if (request.in_place) {
    if (request.settings->output_format || request.settings->choose_format) {
      return std::unexpected(not_in_place());
    }
    if (!request.name.empty() || request.copy_others) {
      return fail(ErrorCode::usage,
                  fmt::format("originals that are replaced {}",
                              request.copy_others ? "lie where all others are already"
                                                  : "keep their names"),
                  "leave out --in-place and name an output folder with -o");
    }
    IMGMILL_CHECK(check_backups(request));
    return result;
  }
  if (request.output.empty()) {
    return fail(ErrorCode::usage, "there is no place for the output",
                "name a folder with -o FOLDER, or use --in-place to replace the originals");
  }
  IMGMILL_TRY(const std::optional<FileFacts> output, facts_of(request.output));
  const bool is_folder = output && output->kind == FileKind::folder;
  bool folder_among_inputs = false;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    const fs::path& input = request.inputs[i];
    const Result<std::optional<FileFacts>> facts = facts_of(input);
    if (!facts || !*facts || (*facts)->kind != FileKind::folder) continue;
    folder_among_inputs = true;
    result.is_folder[i] = true;
    // With another format the outputs lie beside the originals, and another run does not take them
    // as new inputs.
    const bool beside = request.settings->output_format && request.name.empty();
    if (is_folder && (*facts)->same_file(*output) && (!beside || request.copy_others)) {
      return fail(ErrorCode::usage,
                  fmt::format("the output folder '{}' is an input folder", printable(input)),
                  "choose another output folder, or use --in-place to replace the originals");
    }
  }
  const bool named_like_folder = request.output.native().ends_with('/');
  if (is_folder) return result;
  const bool for_folders = !request.name.empty() || request.copy_others;
  if (request.inputs.size() == 1 && !folder_among_inputs && !named_like_folder && !for_folders) {
    if (!request.settings->choose_format) {
      IMGMILL_CHECK(check_not_itself(request.inputs.front(), request.output, output));
      result.is_file = true;
      return result;
    }
    // "photos" names a folder to create, "a.jpg" a file.
    if (request.output.has_extension()) {
      return fail(ErrorCode::usage,
                  fmt::format("the name '{}' says a format that is still to be chosen",
                              printable(request.output)),
                  "name a folder with -o; the result is named after the input and its format");
    }
  }
  if (output) {
    const bool several = request.inputs.size() > 1 || folder_among_inputs;
    return fail(ErrorCode::usage,
                fmt::format("the output '{}' is a file, and {} a folder", printable(request.output),
                            several ? "several inputs need" : "what is asked needs"),
                "name a folder with -o");
  }
  if (!named_like_folder && format_of_name(request.output.filename().native())) {
    return fail(ErrorCode::usage,
                fmt::format("'{}' is named like one image, but results go into a folder",
                            printable(request.output)),
                fmt::format("name a folder with -o; if it is to be called so, write {}/",
                            printable(request.output)));
  }
  return result;
}

/// A request for the input's own format contradicts an output name that implies another one.
Result<void> check_own_format(const PlanRequest& request) {
  if (!request.own_format) return {};
  const fs::path& input = request.inputs.front();
  IMGMILL_TRY(const std::optional<Format> named,
              format_by_name(input, request.output, *request.settings));
  if (!named) return {};
  return fail(
      ErrorCode::usage,
      fmt::format("the output '{}' is named after {}, but the format is to stay that of '{}'",
                  printable(request.output), upper_name(*named), printable(input)),
      "leave out --format original, or give the output the extension of the input");
}

/// Canonical paths of the folders that the walk skips.
std::vector<std::string> not_walked(const PlanRequest& request) {
  std::vector<fs::path> folders = request.exclude;
  if (!request.in_place) folders.push_back(request.output);
  std::vector<std::string> result;
  for (const fs::path& folder : folders) {
    std::error_code error;
    std::string canonical = fs::weakly_canonical(folder, error).native();
    if (!error && canonical.ends_with('/')) canonical.pop_back();
    // A relative path that does not exist yet is below the current folder.
    if (!error && !canonical.starts_with('/')) {
      canonical = (fs::current_path(error) / canonical).lexically_normal().native();
    }
    if (!error) result.push_back(std::move(canonical));
  }
  return result;
}

}  // namespace

std::string folder_prefix(const fs::path& folder) {
  std::string text = folder.lexically_normal().native();
  if (text == "." || text == "./") return {};
  if (!text.empty() && !text.ends_with('/')) text += '/';
  return text;
}

Error not_in_place() {
  return Error(ErrorCode::usage, "originals cannot be replaced by another format",
               "leave out --in-place and name an output folder with -o, or leave out --format");
}

Result<PlanRules> plan_rules(PlanRequest& request) {
  if (request.inputs.empty()) {
    return fail(ErrorCode::usage, "there is nothing to do", "name files or folders");
  }
  if (!request.settings) request.settings = std::make_shared<const ImageSettings>();
  if (request.settings_for && request.inputs.size() == 1) {
    const Result<std::optional<FileFacts>> facts = facts_of(request.inputs.front());
    if (facts && *facts && (*facts)->kind != FileKind::folder) {
      IMGMILL_TRY(request.settings, request.settings_for(request.inputs.front()));
      request.settings_for = {};
    }
  }
  IMGMILL_TRY(const Output output, check_output(request));
  if (output.is_file) {
    IMGMILL_CHECK(check_own_format(request));
    IMGMILL_TRY(request.settings, NamedFormats().settings_for(request.inputs.front(),
                                                              request.output, request.settings));
  }
  PlanRules rules;
  rules.output_is_file = output.is_file;
  IMGMILL_TRY(rules.names, OutputNames::parse(request.name));
  rules.walk.follow_links = request.follow_links;
  rules.walk.all_files = request.all_files;
  rules.walk.whole_tree = request.copy_others;
  rules.walk.canonical_names = request.in_place;
  rules.walk.not_walked = not_walked(request);
  IMGMILL_TRY(rules.walk.exclude, PathPatterns::parse(request.exclude_patterns));
  IMGMILL_TRY(rules.walk.include, PathPatterns::parse(request.include_patterns));
  rules.kept_folders = kept_folders(request.inputs, output.is_folder);
  return rules;
}

}  // namespace imgmill
