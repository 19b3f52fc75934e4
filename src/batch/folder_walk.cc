#include "batch/folder_walk.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/file_names.h"
#include "platform/io_error.h"

namespace imgmill {

namespace fs = std::filesystem;

FolderWalk::FolderWalk(fs::path root, FollowLinks follow, bool all_files,
                       std::vector<std::string> excluded, CanonicalNames names)
    : root_(std::move(root)),
      follow_(follow),
      all_files_(all_files),
      excluded_(std::move(excluded)),
      canonical_names_(names == CanonicalNames::wanted || !excluded_.empty()) {}

fs::path FolderWalk::path_of(std::string_view below_root) const {
  return below_root.empty() ? root_ : root_ / below_root;
}

std::optional<FolderWalk::Step> FolderWalk::next() {
  if (!started_) {
    started_ = true;
    std::error_code error;
    std::string canonical = canonical_names_ ? fs::canonical(root_, error).native() : "";
    if (auto step = enter({}, std::move(canonical))) return step;
  }
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.at == level.listing.size()) {
      levels_.pop_back();
      ++folder_number_;
      continue;
    }
    const FolderListing::Entry entry = level.listing[level.at++];
    if (entry.name.starts_with('.')) continue;
    if (auto step = visit(level, entry)) return step;
  }
  return std::nullopt;
}

std::optional<FolderWalk::Step> FolderWalk::visit(Level& level, FolderListing::Entry entry) {
  switch (entry.kind) {
    case EntryKind::folder: {
      std::string canonical;
      if (!level.canonical.empty()) canonical = level.canonical + '/' + std::string(entry.name);
      return enter(level.folder + std::string(entry.name) + '/', std::move(canonical));
    }
    case EntryKind::link:
      return visit_link(level, entry.name);
    case EntryKind::file:
    case EntryKind::other:  // a pipe named like an image is reported when it is opened
      break;
  }
  const bool named_like_image = format_of_name(entry.name).has_value();
  if (!named_like_image && (!all_files_ || entry.kind == EntryKind::other)) return std::nullopt;
  return File{level.folder, entry.name};
}

std::optional<FolderWalk::Step> FolderWalk::visit_link(Level& level, std::string_view name) {
  const std::string below_root = level.folder + std::string(name);
  const fs::path path = path_of(below_root);
  const bool wanted = all_files_ || format_of_name(name).has_value();
  const Result<std::optional<FileFacts>> facts = facts_of(path);
  if (!facts || !*facts) {
    if (!wanted) return std::nullopt;
    if (!facts) return std::unexpected(Trouble{path, facts.error()});
    Error error(ErrorCode::environment,
                io_error(ENOENT, "read", path).message() + " (the link points to nothing)",
                "mend or remove the link");
    return std::unexpected(Trouble{path, std::move(error)});
  }
  if ((*facts)->kind == FileKind::folder) {
    if (follow_ == FollowLinks::no) return std::nullopt;
    std::error_code error;
    std::string canonical = canonical_names_ ? fs::canonical(path, error).native() : "";
    return enter(below_root + '/', std::move(canonical));
  }
  if (!wanted) return std::nullopt;
  return File{level.folder, name, true};
}

bool FolderWalk::leads_back(const FileFacts& facts) const {
  return std::ranges::any_of(levels_,
                             [&](const Level& level) { return level.facts.same_file(facts); });
}

/// Goes into a folder; the step is the problem, if there is one.
std::optional<FolderWalk::Step> FolderWalk::enter(std::string folder, std::string canonical) {
  if (!levels_.empty() && std::ranges::find(excluded_, canonical) != excluded_.end()) {
    return std::nullopt;
  }
  const fs::path path = path_of(folder);
  Level level{std::move(folder), std::move(canonical), {}, {}, 0};
  if (follow_ == FollowLinks::yes) {
    const Result<std::optional<FileFacts>> facts = facts_of(path);
    if (facts && *facts) level.facts = **facts;
    // By a link, or by being the target of one that led above it.
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
