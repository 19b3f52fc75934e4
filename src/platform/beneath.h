// Files below one folder, and nowhere else.
#pragma once

#include <filesystem>
#include <string_view>

#include "imgmill/error.h"
#include "platform/file.h"

namespace imgmill {

/// An open folder. Names given to it are relative and never lead out of it: not by "..",
/// not by an absolute path, not by a symbolic link that points elsewhere, not even when
/// somebody swaps a folder for a link in the middle of the call. Thread-safe.
///
/// Linux 5.6 and later see to that themselves (openat2, RESOLVE_BENEATH); elsewhere links
/// are not followed at all.
class FolderHandle {
 public:
  /// Errors: environment (no such folder, no permission).
  [[nodiscard]] static Result<FolderHandle> open(const std::filesystem::path& folder);

  /// A regular file for reading. Errors: environment.
  [[nodiscard]] Result<OpenFile> open_file(std::string_view name) const;
  /// A new file for writing, readable by this user only; never one that is there already.
  /// Its folder must be there. Errors: environment.
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
