// Patterns that say which files of a tree are worked on.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/error.h"

namespace imgmill {

/// Patterns as in .gitignore, since people know those: one without a slash is matched with the name
/// of a file or folder, wherever it lies; one with a slash with its path below the input folder
/// ("/logo.png" only at the top). One that ends with a slash is for folders. `*` and `?` stand for
/// anything but a slash, `**` for any number of folders, `[a-z]` and `[!a-z]` for one character,
/// `{a,b}` for either. A backslash takes its meaning from what follows. Upper and lower case of
/// A to Z are one, since cameras write .JPG. Remembers which of them have matched, so each thread
/// has its own.
class PathPatterns {
 public:
  PathPatterns() = default;
  /// Errors: usage, with the pattern: it is empty, a bracket is not closed, or it stands for more
  /// than 1000 alternatives.
  [[nodiscard]] static Result<PathPatterns> parse(const std::vector<std::string>& patterns);

  [[nodiscard]] bool empty() const { return patterns_.empty(); }
  /// Those that have matched nothing so far, as they were written.
  [[nodiscard]] std::vector<std::string> idle() const;
  /// `path`: below the input folder, without a slash at either end. `root`: the names in the
  /// path of that folder as it was written; a pattern may begin with them, since somebody who
  /// excludes "photos/raw" from "photos" means what is below it.
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
    bool whole_path = false;         ///< else only the name
    bool folders_only = false;
    std::size_t text = 0;  ///< which of `texts_` it comes from
  };

  [[nodiscard]] bool match(std::string_view path, std::span<const std::string> root,
                           bool folder) const;
  [[nodiscard]] static bool match(const Pattern& pattern, std::string_view path,
                                  std::vector<std::string_view>& parts,
                                  std::span<const std::string> root);
  [[nodiscard]] static Result<Pattern> parsed(const std::string& text);

  std::vector<std::string> texts_;
  std::vector<Pattern> patterns_;
  mutable std::vector<bool> has_matched_;  ///< each of `texts_`
};

}  // namespace imgmill
