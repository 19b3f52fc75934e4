// A walk over one folder, name by name, without recursion.
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

/// What a walk takes, and where it goes.
struct WalkRules {
  bool follow_links = false;     ///< into linked folders
  bool all_files = false;        ///< names without an image extension too
  bool whole_tree = false;       ///< into folders whose files are all left out
  bool canonical_names = false;  ///< canonical_folder() will be asked
  /// Canonical paths of folders that are not walked into and not told about.
  std::vector<std::string> not_walked = {};
  PathPatterns exclude = {};
  PathPatterns include = {};  ///< where it is not empty, what it does not match is excluded
};

/// Gives everything below a folder in byte order of the names in each folder: the files that
/// are to be worked on, and what is left out with the reason. A folder that is reached through
/// itself is passed over, so that every walk ends, and so are imgmill's own temporary files.
/// Memory: the listings from the root to where it is.
class FolderWalk {
 public:
  struct File {
    std::string_view folder;  ///< below the root, with a final '/', or empty
    std::string_view name;
    bool link = false;  ///< a symbolic link to a file
    /// It is not worked on. May then be a folder.
    std::optional<LeftOutReason> left_out = {};
  };
  /// `folder` is as in `File`, of what could not be looked at.
  struct Trouble {
    std::filesystem::path path;
    Error error;
  };
  using Step = std::expected<File, Trouble>;

  /// `rules` outlive the walk.
  FolderWalk(std::filesystem::path root, const WalkRules& rules);

  /// The next file or problem, or nothing at the end. What it refers to is
  /// valid until the next call.
  [[nodiscard]] std::optional<Step> next();

  /// The folder of what next() has just given, without links; empty when it is unknown.
  [[nodiscard]] std::string_view canonical_folder() const {
    return levels_.empty() ? std::string_view() : levels_.back().canonical;
  }

  /// Changes whenever next() comes to another folder.
  [[nodiscard]] std::uint64_t folder_number() const { return folder_number_; }

 private:
  struct Level {
    std::string folder;     ///< as in File
    std::string canonical;  ///< empty when nobody wants it
    FileFacts facts;        ///< only when links are followed
    FolderListing listing;
    std::size_t at = 0;
    /// Why all that is in it is left out, if it is.
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
  const std::vector<std::string> typed_;  ///< the names in the root, as it was written
  const bool canonical_names_;
  bool started_ = false;
  std::vector<Level> levels_;
  std::uint64_t folder_number_ = 0;
};

}  // namespace imgmill
