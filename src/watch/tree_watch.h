// Watches folders with all below them, whatever is made, moved or removed there.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "imgmill/error.h"
#include "platform/folder_events.h"

namespace imgmill {

/// One change. Paths begin with that of the root, as it was given.
struct TreeChange {
  enum class Kind {
    writing,     ///< somebody writes to the file
    complete,    ///< the file is complete, gone, or was found without having been seen before
    gone_below,  ///< everything below the folder `path` (with a final '/')
    root_gone,   ///< the root `path`
  };
  Kind kind = Kind::complete;
  std::string path;
};

/// Used by one thread. Hidden folders, those reached by links, and `skipped` are not watched.
class TreeWatch {
 public:
  /// `roots` with a final '/'; "" is the current folder. `skipped`: canonical paths.
  TreeWatch(FolderEventSource& events, std::vector<std::string> roots,
            std::vector<std::string> skipped);

  /// Watches all folders and gives all files, each as `complete`. Errors: environment.
  [[nodiscard]] Result<std::vector<TreeChange>> scan();
  /// Also watches one file, which may lie elsewhere. Errors: environment.
  [[nodiscard]] Result<void> add_file(const std::filesystem::path& file);

  /// Waits for changes. After an overflow scans everything; what has vanished unseen is then
  /// `gone_below` each root. Errors: environment.
  [[nodiscard]] Result<std::vector<TreeChange>> wait();

 private:
  struct Folder {
    std::string prefix;
    std::string only;  ///< not empty: the one name that matters
    bool root = false;
  };

  [[nodiscard]] Result<void> enter(const std::string& prefix, bool root,
                                   std::vector<TreeChange>& changes);
  void leave(const std::string& prefix);
  [[nodiscard]] Result<void> take(const FolderEvent& event, std::vector<TreeChange>& changes);
  [[nodiscard]] bool is_skipped(const std::string& prefix) const;

  FolderEventSource& events_;
  const std::vector<std::string> roots_;
  const std::vector<std::string> skipped_;
  std::unordered_map<int, Folder> folders_;
  std::map<std::string, int> watches_;  ///< by prefix, so that those below are neighbours
};

}  // namespace imgmill
