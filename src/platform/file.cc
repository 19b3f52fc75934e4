#include "platform/file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "platform/io_error.h"

namespace imgmill {
namespace {

FileFacts facts_from(const struct stat& status) {
  FileFacts facts;
  facts.kind = S_ISREG(status.st_mode)   ? FileKind::regular
               : S_ISDIR(status.st_mode) ? FileKind::folder
               : S_ISLNK(status.st_mode) ? FileKind::link
                                         : FileKind::other;
  facts.size = status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  facts.device = status.st_dev;
  facts.inode = status.st_ino;
  facts.links = status.st_nlink;
  facts.permissions = status.st_mode & 0777U;
  facts.owner = status.st_uid;
  facts.group = status.st_gid;
  facts.accessed = status.st_atim;
  facts.modified = status.st_mtim;
  facts.changed = status.st_ctim;
  return facts;
}

/// Reads until `room` is full or the file ends.
Result<std::size_t> read_fully(int fd, const std::filesystem::path& path,
                               std::span<std::byte> room) {
  std::size_t done = 0;
  while (done < room.size()) {
    // The kernel transfers at most 2 GiB per call.
    const std::size_t want = std::min(room.size() - done, std::size_t{1} << 30);
    const ssize_t got = ::read(fd, room.data() + done, want);
    if (got < 0) {
      if (errno == EINTR) continue;
      return std::unexpected(io_error(errno, "read", path));
    }
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::unexpected<Error> changed_while_read(const std::filesystem::path& path) {
  return fail(ErrorCode::environment,
              fmt::format("'{}' was changed while it was read", printable(path)),
              "run again when nothing writes to it");
}

}  // namespace

void FileDescriptor::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<std::optional<FileFacts>> facts_of(const std::filesystem::path& path, Links links) {
  struct stat status {};
  const int flags = links == Links::follow ? 0 : AT_SYMLINK_NOFOLLOW;
  if (::fstatat(AT_FDCWD, path.c_str(), &status, flags) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return std::unexpected(io_error(errno, "look at", path));
  }
  return facts_from(status);
}

Result<FileFacts> facts_of(const FileDescriptor& file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return std::unexpected(io_error(errno, "look at", path));
  }
  return facts_from(status);
}

Result<OpenFile> open_file(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe without a writer would block forever.
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return std::unexpected(io_error(errno, "read", path));
  OpenFile file{FileDescriptor(fd), {}};
  IMGMILL_TRY(file.facts, facts_of(file.descriptor, path));
  if (file.facts.kind == FileKind::folder) {
    return std::unexpected(io_error(EISDIR, "read", path));
  }
  if (file.facts.kind != FileKind::regular) {
    return fail(
        ErrorCode::environment,
        fmt::format("'{}' is not a regular file but a pipe, socket or device", printable(path)),
        "give imgmill a file, or pipe the bytes to it with '-'");
  }
  return file;
}

Result<std::size_t> read_start(const OpenFile& file, const std::filesystem::path& path,
                               std::span<std::byte> room) {
  return read_fully(file.descriptor.get(), path, room);
}

Result<FileContents> read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  return read_file(path, max_bytes, [](std::size_t size) { return Buffer::uninitialised(size); });
}

Result<FileContents> read_file(const std::filesystem::path& path, std::uint64_t max_bytes,
                               const Allocate& allocate) {
  IMGMILL_TRY(OpenFile file, open_file(path));
  const FileFacts& facts = file.facts;
  if (facts.size > max_bytes) return std::unexpected(too_large(path, facts.size, max_bytes));
  const int fd = file.descriptor.get();
  // Only a read-ahead hint; small files are read in one piece anyway.
  if (facts.size > std::size_t{1} << 17) {
    ::posix_fadvise(fd, 0, static_cast<off_t>(facts.size), POSIX_FADV_SEQUENTIAL);
  }
  FileContents contents{{}, facts};
  IMGMILL_TRY(contents.bytes, allocate(facts.size));
  IMGMILL_TRY(const std::size_t got, read_fully(fd, path, contents.bytes.writable()));
  if (got != facts.size) return changed_while_read(path);
  IMGMILL_TRY(const FileFacts after, facts_of(file.descriptor, path));
  if (!after.unchanged_since(facts)) return changed_while_read(path);
  return contents;
}

Error too_large(const std::filesystem::path& path, std::uint64_t size, std::uint64_t max_bytes) {
  return Error(ErrorCode::limit,
               fmt::format("'{}' has {}, and the limit is {}", printable(path), human_size(size),
                           human_size(max_bytes)),
               "raise the limit on the size of input files if this is meant");
}

void raise_open_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return;  // the limit stays as it was
}

Result<void> check_writable_folder(const std::filesystem::path& folder) {
  const char* name = folder.empty() ? "." : folder.c_str();
  if (::faccessat(AT_FDCWD, name, W_OK | X_OK, AT_EACCESS) != 0) {
    return std::unexpected(io_error(errno, "write into", name));
  }
  return {};
}

Result<void> make_folders(const std::filesystem::path& folder) {
  if (folder.empty()) return {};
  if (::mkdir(folder.c_str(), 0777) == 0) return {};
  if (errno == ENOENT && folder.has_relative_path()) {
    IMGMILL_CHECK(make_folders(folder.parent_path()));
    // Another thread or process, such as another writer, may be creating it right now.
    if (::mkdir(folder.c_str(), 0777) == 0) return {};
  }
  const int error = errno;
  struct stat status {};
  if (::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return std::unexpected(io_error(error == EEXIST ? ENOTDIR : error, "make the folder", folder));
}

}  // namespace imgmill
