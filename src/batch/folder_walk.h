// A walk over one folder, name by name, without recursion.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/batch.h"
#include "platform/file.h"
#include "platform/folder.h"

namespace imgmill {

enum class FollowLinks { no, yes };
enum class CanonicalNames { unwanted, wanted };

/// Gives the files below a folder in byte order of the names in each folder.
/// Hidden names (and so imgmill's own temporary files) are left out, and linked
/// folders unless links are followed; a folder that is reached through itself is
/// then left out, so that every walk ends. Memory: the listings from the root to where it is.
class FolderWalk {
 public:
  struct File {
    std::string_view folder;  ///< below the root, with a final '/', or empty
    std::string_view name;
    bool link = false;  ///< a symbolic link to a file
  };
  /// `folder` is as in `File`, of what could not be looked at.
  struct Trouble {
    std::filesystem::path path;
    Error error;
  };
  using Step = std::expected<File, Trouble>;

  /// `excluded`: canonical paths of folders that are not walked into. `names`: whether
  /// canonical_folder() will be asked.
  /// `all_files`: names without an image extension too.
  FolderWalk(std::filesystem::path root, FollowLinks follow, bool all_files,
             std::vector<std::string> excluded, CanonicalNames names = CanonicalNames::unwanted);

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
  };

  std::optional<Step> visit(Level& level, FolderListing::Entry entry);
  std::optional<Step> visit_link(Level& level, std::string_view name);
  std::optional<Step> enter(std::string folder, std::string canonical);
  [[nodiscard]] bool leads_back(const FileFacts& facts) const;
  [[nodiscard]] std::filesystem::path path_of(std::string_view below_root) const;

  const std::filesystem::path root_;
  const FollowLinks follow_;
  const bool all_files_;
  const std::vector<std::string> excluded_;
  const bool canonical_names_;
  bool started_ = false;
  std::vector<Level> levels_;
  std::uint64_t folder_number_ = 0;
};

}  // namespace imgmill
