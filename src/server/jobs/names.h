// Checks of file names and paths that clients send.
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

/// Checks that `name` is a safe file name below a folder, on every system that may unpack it:
/// relative, parts of 1 to 255 bytes separated by '/', 1024 bytes at most, UTF-8, no part "." or
/// "..", no control characters, no backslash and no drive letter. Errors: usage, with the reason.
[[nodiscard]] Result<void> check_name(std::string_view name);

/// Returns the name for a local file in an archive. Local names may hold anything; '_' replaces
/// whatever check_name() refuses, except that lengths stay as they are, since the file exists with
/// that length.
[[nodiscard]] std::string tame_name(std::string_view name);

/// The folders and single files that local jobs may use. They can be added, never removed.
/// Thread-safe.
class Roots {
 public:
  /// Each must be a folder. Errors: environment.
  [[nodiscard]] static Result<Roots> create(const std::vector<std::filesystem::path>& folders);
  /// Adds `path`, a folder with everything below it or one file, and returns its canonical path.
  /// Errors: usage (not absolute; neither folder nor file), environment (not there), limit (too
  /// many).
  [[nodiscard]] Result<std::filesystem::path> allow(const std::filesystem::path& path);
  [[nodiscard]] std::vector<std::filesystem::path> folders() const;
  /// Returns `path` with all links resolved, if it exists and lies in one of the folders or is one
  /// of the files. Errors: usage (outside, or not absolute), environment (not there).
  [[nodiscard]] Result<std::filesystem::path> resolve(const std::filesystem::path& path) const;

 private:
  struct Known {
    mutable std::shared_mutex mutex;
    std::vector<std::filesystem::path> folders;  ///< canonical, in the order they were added
    std::set<std::filesystem::path> files;       ///< canonical
  };
  [[nodiscard]] bool allowed(const std::filesystem::path& place) const;

  std::unique_ptr<Known> known_ = std::make_unique<Known>();
};

/// True if `path` is `folder` or below it; both canonical.
[[nodiscard]] bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace imgmill::server
