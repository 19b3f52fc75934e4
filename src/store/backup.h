// Backups of replaced originals, and how they are restored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "imgmill/error.h"
#include "store/content_hash.h"

namespace imgmill {

/// The backup path of the original `file` below `backup_folder`. It includes the whole path, so
/// that no two originals collide ("photos/a.jpg" -> "BACKUP/photos/a.jpg").
[[nodiscard]] std::filesystem::path backup_path(const std::filesystem::path& backup_folder,
                                                const std::filesystem::path& file);

/// Records in the file ".imgmill-backup" of that folder where `original` is and what is about to
/// replace it, so that restore() can detect later changes. Each line is written atomically. Errors:
/// environment.
[[nodiscard]] Result<void> note_backup(const std::filesystem::path& backup_folder,
                                       const std::filesystem::path& original,
                                       const ContentHash& replacement);

struct RestoreRequest {
  std::filesystem::path backup_folder;
  /// Restores the tree below this folder; empty: each file to where it came from.
  std::optional<std::filesystem::path> to;
  bool overwrite = false;       ///< also replaces files changed since the backup
  bool remove_backups = false;  ///< removes backups of files that are restored or already in place
};

/// One file of a backup.
struct Restored {
  std::filesystem::path backup;
  std::filesystem::path original;
  bool was_there = false;      ///< already there with the same bytes
  std::optional<Error> error;  ///< if set, the existing file was left alone
};

/// Restores originals, each atomically, in byte order of their names, and reports each to
/// `on_file`. Restores permissions and times too. If the original is a symbolic link, its target is
/// restored. Errors: usage or environment, if there is no such backup; errors of a single file are
/// reported with that file.
[[nodiscard]] Result<void> restore(const RestoreRequest& request,
                                   const std::function<void(const Restored&)>& on_file);

}  // namespace imgmill
