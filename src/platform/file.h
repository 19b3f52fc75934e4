// File access for batch processing: regular files only, read as a whole, with changes detected.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

/// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// Releases ownership; the caller must close the descriptor.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  /// Closes the descriptor. Errors of close() are ignored; writers sync beforehand.
  void reset();

 private:
  int fd_ = -1;
};

enum class FileKind : std::uint8_t { regular, folder, link, other };

/// File metadata.
struct FileFacts {
  FileKind kind = FileKind::regular;
  std::uint64_t size = 0;  ///< bytes
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t links = 1;  ///< hard links
  mode_t permissions = 0;   ///< the lower nine bits of the mode
  uid_t owner = 0;
  gid_t group = 0;
  timespec accessed{};
  timespec modified{};
  timespec changed{};  ///< change of contents, permissions, owner or name; cannot be set

  [[nodiscard]] bool same_file(const FileFacts& other) const {
    return device == other.device && inode == other.inode;
  }
  /// True if this is the same file and, judging by time and size, its contents are unchanged.
  [[nodiscard]] bool unchanged_since(const FileFacts& earlier) const {
    return same_file(earlier) && size == earlier.size &&
           modified.tv_sec == earlier.modified.tv_sec &&
           modified.tv_nsec == earlier.modified.tv_nsec;
  }
};

enum class Links { follow, show };

/// Nothing if the file does not exist. Errors: environment.
[[nodiscard]] Result<std::optional<FileFacts>> facts_of(const std::filesystem::path& path,
                                                        Links links = Links::follow);

/// Metadata of an open file.
[[nodiscard]] Result<FileFacts> facts_of(const FileDescriptor& file,
                                         const std::filesystem::path& path);

struct OpenFile {
  FileDescriptor descriptor;
  FileFacts facts;
};

/// Opens a regular file read-only. Rejects a pipe or a device without waiting on it. Errors:
/// environment.
[[nodiscard]] Result<OpenFile> open_file(const std::filesystem::path& path);

/// Reads up to `room.size()` bytes from the start of an open file; returns how many were read.
[[nodiscard]] Result<std::size_t> read_start(const OpenFile& file,
                                             const std::filesystem::path& path,
                                             std::span<std::byte> room);

struct FileContents {
  Buffer bytes;
  FileFacts facts;
};

/// Allocates a buffer of the given size.
using Allocate = std::function<Result<Buffer>(std::size_t)>;

/// Reads the whole of a regular file. Checks its size before allocating anything. Errors: limit
/// (larger than `max_bytes`), environment (also when the file changes while it is read), those of
/// `allocate`. Throws std::bad_alloc.
[[nodiscard]] Result<FileContents> read_file(const std::filesystem::path& path,
                                             std::uint64_t max_bytes, const Allocate& allocate);
[[nodiscard]] Result<FileContents> read_file(const std::filesystem::path& path,
                                             std::uint64_t max_bytes);

/// The error for a file of `size` bytes if only `max_bytes` are allowed.
[[nodiscard]] Error too_large(const std::filesystem::path& path, std::uint64_t size,
                              std::uint64_t max_bytes);

/// Raises this process's limit on open files to the maximum, since each worker process and each
/// image in a queue needs some. Call once, at startup.
void raise_open_file_limit();

/// Succeeds if, judging by permissions, files can be created in `folder`.
[[nodiscard]] Result<void> check_writable_folder(const std::filesystem::path& folder);

/// Creates `folder` and its missing parents. Errors: environment.
[[nodiscard]] Result<void> make_folders(const std::filesystem::path& folder);

}  // namespace imgmill
