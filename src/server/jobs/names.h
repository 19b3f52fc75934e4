// Names that clients give to files.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/error.h"

namespace imgmill::server {

/// Whether `name` may stand for a file below a folder, on every system that may unpack it:
/// relative, parts of 1 to 255 bytes separated by '/', 1024 bytes at most, UTF-8, none of
/// them "." or "..", no control characters, no backslash and no drive letter.
/// Errors: usage, saying what is wrong.
[[nodiscard]] Result<void> check_name(std::string_view name);

/// What a name of a local file, which may hold anything, becomes in an archive: what
/// check_name() does not take is replaced by '_', but for lengths: the file has that one.
[[nodiscard]] std::string tame_name(std::string_view name);

/// The folders in which local jobs may lie, and single files besides. They become more, never
/// fewer. Thread-safe.
class Roots {
 public:
  /// Each must be a folder. Errors: environment.
  [[nodiscard]] static Result<Roots> create(const std::vector<std::filesystem::path>& folders);
  /// From now on `path` is one of them: a folder with all below it, or one file. Its canonical
  /// path. Errors: usage (not absolute; neither folder nor file), environment (not there),
  /// limit (too many).
  [[nodiscard]] Result<std::filesystem::path> allow(const std::filesystem::path& path);
  [[nodiscard]] std::vector<std::filesystem::path> folders() const;
  /// `path` with all links resolved, when it is there and lies in one of the folders or is one
  /// of the files. Errors: usage (outside, or not absolute), environment (not there).
  [[nodiscard]] Result<std::filesystem::path> resolve(const std::filesystem::path& path) const;

 private:
  struct Known {
    mutable std::shared_mutex mutex;
    std::vector<std::filesystem::path> folders;  ///< canonical, in the order they came
    std::set<std::filesystem::path> files;       ///< canonical
  };
  [[nodiscard]] bool allowed(const std::filesystem::path& place) const;

  std::unique_ptr<Known> known_ = std::make_unique<Known>();
};

/// Whether `path` is `folder` or below; both canonical.
[[nodiscard]] bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace imgmill::server
