// The originals that were put away, and how they come back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "imgmill/error.h"
#include "store/content_hash.h"

namespace imgmill {

/// Where below `backup_folder` the original `file` goes: its whole path, so that
/// no two originals meet ("photos/a.jpg" -> "BACKUP/photos/a.jpg").
[[nodiscard]] std::filesystem::path backup_path(const std::filesystem::path& backup_folder,
                                                const std::filesystem::path& file);

/// Writes down, in the file ".imgmill-backup" of that folder, where `original` is and
/// what is about to replace it, so that restore() can tell whether it was changed
/// since. Atomic for each line. Errors: environment.
[[nodiscard]] Result<void> note_backup(const std::filesystem::path& backup_folder,
                                       const std::filesystem::path& original,
                                       const ContentHash& replacement);

struct RestoreRequest {
  std::filesystem::path backup_folder;
  /// Puts the tree below this folder; none: each file where it came from.
  std::optional<std::filesystem::path> to;
  bool overwrite = false;       ///< also what was changed since the backup
  bool remove_backups = false;  ///< of what is restored or there already
};

/// One file of a backup.
struct Restored {
  std::filesystem::path backup;
  std::filesystem::path original;
  bool was_there = false;      ///< with these very bytes
  std::optional<Error> error;  ///< then what is there was left alone
};

/// Brings originals back, each in one step, in byte order of their names, and tells
/// `on_file` about each. Permissions and times come back with them; through a
/// symbolic link its target does. Errors: usage or environment, when there is no
/// such backup; what goes wrong with one file is told with it.
[[nodiscard]] Result<void> restore(const RestoreRequest& request,
                                   const std::function<void(const Restored&)>& on_file);

}  // namespace imgmill
