// Walks through one folder, name by name, without recursion.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batch/path_patterns.h"
#include "imgmill/batch.h"
#include "platform/file.h"
#include "platform/folder.h"

namespace imgmill {

/// What a walk includes.
struct WalkRules {
  bool follow_links = false;     ///< into symbolically linked folders
  bool all_files = false;        ///< also names without an image extension
  bool whole_tree = false;       ///< also into folders whose files are all left out
  bool canonical_names = false;  ///< canonical_folder() will be called
  /// Canonical paths of folders that are skipped silently.
  std::vector<std::string> not_walked = {};
  PathPatterns exclude = {};
  PathPatterns include = {};  ///< if not empty, files that it does not match are excluded
};

/// Yields everything below a folder, in byte order of the names in each folder: files to process,
/// and what is left out with the reason. Skips folders that are reached through themselves, so that
/// every walk ends, and imgmill's own temporary files. Memory: the listings from the root to the
/// current folder.
class FolderWalk {
 public:
  struct File {
    std::string_view folder;  ///< relative to the root, with a trailing '/', or empty
    std::string_view name;
    bool link = false;  ///< a symbolic link to a file
    /// Set if it is not processed. It may then be a folder.
    std::optional<LeftOutReason> left_out = {};
  };
  /// Something that could not be read. `folder` is as in `File`.
  struct Trouble {
    std::filesystem::path path;
    Error error;
  };
  using Step = std::expected<File, Trouble>;

  /// `rules` must outlive the walk.
  FolderWalk(std::filesystem::path root, const WalkRules& rules);

  /// Returns the next file or problem, or nullopt at the end. The views in it are valid until the
  /// next call.
  [[nodiscard]] std::optional<Step> next();

  /// The canonical path of the folder that next() returned last; empty if unknown.
  [[nodiscard]] std::string_view canonical_folder() const {
    return levels_.empty() ? std::string_view() : levels_.back().canonical;
  }

  /// Changes whenever next() enters another folder.
  [[nodiscard]] std::uint64_t folder_number() const { return folder_number_; }

 private:
  struct Level {
    std::string folder;     ///< as in File
    std::string canonical;  ///< empty if not requested
    FileFacts facts;        ///< set only if links are followed
    FolderListing listing;
    std::size_t at = 0;
    /// Why everything in the folder is left out, if it is.
    std::optional<LeftOutReason> left_out;
  };

  std::optional<Step> visit(Level& level, FolderListing::Entry entry);
  std::optional<Step> visit_link(Level& level, FolderListing::Entry entry);
  std::optional<Step> visit_folder(Level& level, std::string_view name, std::string canonical);
  std::optional<Step> enter(std::string folder, std::string canonical,
                            std::optional<LeftOutReason> left_out);
  [[nodiscard]] std::optional<LeftOutReason> reason_against(const Level& level,
                                                            FolderListing::Entry entry) const;
  [[nodiscard]] bool leads_back(const FileFacts& facts) const;
  [[nodiscard]] std::filesystem::path path_of(std::string_view below_root) const;

  const std::filesystem::path root_;
  const WalkRules& rules_;
  const std::vector<std::string> typed_;  ///< the names in the root path as given
  const bool canonical_names_;
  bool started_ = false;
  std::vector<Level> levels_;
  std::uint64_t folder_number_ = 0;
};

}  // namespace imgmill
