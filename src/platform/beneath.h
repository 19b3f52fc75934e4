// File access confined to one folder.
#pragma once

#include <filesystem>
#include <string_view>

#include "imgmill/error.h"
#include "platform/file.h"

namespace imgmill {

/// An open folder. Names passed to it are relative and cannot escape it: not by "..", an absolute
/// path, a symbolic link that points elsewhere, or a folder that is swapped for a link during the
/// call. Thread-safe.
///
/// Linux 5.6 and later enforce this themselves (openat2, RESOLVE_BENEATH); on older kernels no
/// links are followed at all.
class FolderHandle {
 public:
  /// Errors: environment (no such folder, no permission).
  [[nodiscard]] static Result<FolderHandle> open(const std::filesystem::path& folder);

  /// Opens a regular file for reading. Errors: environment.
  [[nodiscard]] Result<OpenFile> open_file(std::string_view name) const;
  /// Creates a new file for writing, readable by this user only; fails if it exists. Its folder
  /// must exist. Errors: environment.
  [[nodiscard]] Result<FileDescriptor> create_file(std::string_view name) const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  FolderHandle(FileDescriptor folder, std::filesystem::path path)
      : folder_(std::move(folder)), path_(std::move(path)) {}
  [[nodiscard]] Result<FileDescriptor> open_beneath(std::string_view name, int flags, unsigned mode,
                                                    std::string_view doing) const;

  FileDescriptor folder_;
  std::filesystem::path path_;
};

}  // namespace imgmill
