// Patterns that select files of a tree.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/error.h"

namespace imgmill {

/// Patterns as in .gitignore, since users know those. One without a slash is matched against the
/// name of a file or folder anywhere; one with a slash against its path below the input folder
/// ("/logo.png" only at the top). One with a trailing slash is for folders. `*` and `?` match
/// anything but a slash, `**` any number of folders, `[a-z]` and `[!a-z]` one character, `{a,b}`
/// either. A backslash escapes the next character. Case is ignored for A to Z, since cameras write
/// .JPG. Not thread-safe, because it records which patterns have matched: use one per thread.
class PathPatterns {
 public:
  PathPatterns() = default;
  /// Errors: usage, with the pattern: it is empty, a bracket is not closed, or it expands to more
  /// than 1000 alternatives.
  [[nodiscard]] static Result<PathPatterns> parse(const std::vector<std::string>& patterns);

  [[nodiscard]] bool empty() const { return patterns_.empty(); }
  /// The patterns that have matched nothing so far, as given.
  [[nodiscard]] std::vector<std::string> idle() const;
  /// `path`: below the input folder, without a slash at either end. `root`: the names in the path
  /// of that folder as given. A pattern may begin with them, since someone who excludes
  /// "photos/raw" from "photos" means the folder below it.
  [[nodiscard]] bool match_file(std::string_view path,
                                std::span<const std::string> root = {}) const {
    return match(path, root, false);
  }
  [[nodiscard]] bool match_folder(std::string_view path,
                                  std::span<const std::string> root = {}) const {
    return match(path, root, true);
  }

 private:
  struct Pattern {
    std::vector<std::string> parts;  ///< between slashes
    bool whole_path = false;         ///< matched against the path, else only the name
    bool folders_only = false;
    std::size_t text = 0;  ///< index in `texts_` of its source
  };

  [[nodiscard]] bool match(std::string_view path, std::span<const std::string> root,
                           bool folder) const;
  [[nodiscard]] static bool match(const Pattern& pattern, std::string_view path,
                                  std::vector<std::string_view>& parts,
                                  std::span<const std::string> root);
  [[nodiscard]] static Result<Pattern> parsed(const std::string& text);

  std::vector<std::string> texts_;
  std::vector<Pattern> patterns_;
  mutable std::vector<bool> has_matched_;  ///< one per element of `texts_`
};

}  // namespace imgmill
