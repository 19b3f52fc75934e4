#include "batch/folder_walk.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/file_names.h"
#include "platform/atomic_file.h"
#include "platform/io_error.h"

namespace imgmill {

namespace fs = std::filesystem;

namespace {

/// Returns "a", "b" for "./a/b/"; nothing for the current folder.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::path& name : folder.lexically_normal().relative_path()) {
    if (!name.empty() && name != ".") names.push_back(name.native());
  }
  return names;
}

}  // namespace

FolderWalk::FolderWalk(fs::path root, const WalkRules& rules)
    : root_(std::move(root)),
      rules_(rules),
      typed_(names_in(root_)),
      canonical_names_(rules.canonical_names || !rules.not_walked.empty()) {}

fs::path FolderWalk::path_of(std::string_view below_root) const {
  return below_root.empty() ? root_ : root_ / below_root;
}

std::optional<FolderWalk::Step> FolderWalk::next() {
  if (!started_) {
    started_ = true;
    std::error_code error;
    std::string canonical = canonical_names_ ? fs::canonical(root_, error).native() : "";
    if (auto step = enter({}, std::move(canonical), std::nullopt)) return step;
  }
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.at == level.listing.size()) {
      levels_.pop_back();
      ++folder_number_;
      continue;
    }
    const FolderListing::Entry entry = level.listing[level.at++];
    if (is_temporary_name(entry.name)) continue;
    if (auto step = visit(level, entry)) return step;
  }
  return std::nullopt;
}

/// Why a file is left out, if it is, judging by names.
std::optional<LeftOutReason> FolderWalk::reason_against(const Level& level,
                                                        FolderListing::Entry entry) const {
  if (level.left_out) return level.left_out;
  if (entry.name.starts_with('.')) return LeftOutReason::hidden_file;
  if (!format_of_name(entry.name)) {
    if (!other_picture_format(entry.name).empty()) return LeftOutReason::other_picture;
    if (entry.kind == EntryKind::other) return LeftOutReason::special;
    if (!rules_.all_files) return LeftOutReason::no_image;
  }
  if (rules_.exclude.empty() && rules_.include.empty()) return std::nullopt;
  const std::string path = level.folder + std::string(entry.name);
  if (rules_.exclude.match_file(path, typed_) ||
      (!rules_.include.empty() && !rules_.include.match_file(path, typed_)))
    return LeftOutReason::excluded_file;
  return std::nullopt;
}

std::optional<FolderWalk::Step> FolderWalk::visit(Level& level, FolderListing::Entry entry) {
  if (entry.kind == EntryKind::folder) {
    std::string canonical;
    if (!level.canonical.empty()) canonical = level.canonical + '/' + std::string(entry.name);
    return visit_folder(level, entry.name, std::move(canonical));
  }
  if (entry.kind == EntryKind::link) return visit_link(level, entry);
  // A pipe named like an image is reported when it is opened.
  return File{level.folder, entry.name, false, reason_against(level, entry)};
}

std::optional<FolderWalk::Step> FolderWalk::visit_folder(Level& level, std::string_view name,
                                                         std::string canonical) {
  if (std::ranges::find(rules_.not_walked, canonical) != rules_.not_walked.end() &&
      !canonical.empty()) {
    return std::nullopt;
  }
  std::string below = level.folder + std::string(name);
  std::optional<LeftOutReason> reason;
  if (name.starts_with('.')) {
    reason = LeftOutReason::hidden_folder;
  } else if (rules_.exclude.match_folder(below, typed_)) {
    reason = LeftOutReason::excluded_folder;
  }
  if (reason && !rules_.whole_tree) return File{level.folder, name, false, reason};
  std::optional<LeftOutReason> for_files = level.left_out;
  if (reason && !for_files) {
    for_files = reason == LeftOutReason::hidden_folder ? LeftOutReason::hidden_file
                                                       : LeftOutReason::excluded_file;
  }
  return enter(std::move(below) + '/', std::move(canonical), for_files);
}

std::optional<FolderWalk::Step> FolderWalk::visit_link(Level& level, FolderListing::Entry entry) {
  const fs::path path = path_of(level.folder + std::string(entry.name));
  const std::optional<LeftOutReason> reason = reason_against(level, entry);
  const Result<std::optional<FileFacts>> facts = facts_of(path);
  if (!facts || !*facts) {
    if (reason) return File{level.folder, entry.name, true, LeftOutReason::special};
    if (!facts) return std::unexpected(Trouble{path, facts.error()});
    Error error(ErrorCode::environment,
                io_error(ENOENT, "read", path).message() + " (the link points to nothing)",
                "mend or remove the link");
    return std::unexpected(Trouble{path, std::move(error)});
  }
  if ((*facts)->kind == FileKind::folder) {
    if (!rules_.follow_links) {
      return File{level.folder, entry.name, true, LeftOutReason::linked_folder};
    }
    std::error_code error;
    std::string canonical = canonical_names_ ? fs::canonical(path, error).native() : "";
    return visit_folder(level, entry.name, std::move(canonical));
  }
  return File{level.folder, entry.name, true, reason};
}

bool FolderWalk::leads_back(const FileFacts& facts) const {
  return std::ranges::any_of(levels_,
                             [&](const Level& level) { return level.facts.same_file(facts); });
}

/// Enters a folder; returns a step only for a problem. `left_out`: why its files are left out.
std::optional<FolderWalk::Step> FolderWalk::enter(std::string folder, std::string canonical,
                                                  std::optional<LeftOutReason> left_out) {
  const fs::path path = path_of(folder);
  Level level{std::move(folder), std::move(canonical), {}, {}, 0, left_out};
  if (rules_.follow_links) {
    const Result<std::optional<FileFacts>> facts = facts_of(path);
    if (facts && *facts) level.facts = **facts;
    // Either the link leads up, or a link above already led here.
    if (leads_back(level.facts)) return std::nullopt;
  }
  Result<FolderListing> listing = list_folder(path);
  if (!listing) return std::unexpected(Trouble{path, std::move(listing).error()});
  level.listing = *std::move(listing);
  levels_.push_back(std::move(level));
  ++folder_number_;
  return std::nullopt;
}

}  // namespace imgmill
