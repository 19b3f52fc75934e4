#include "platform/atomic_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "platform/attributes.h"
#include "platform/io_error.h"

namespace imgmill {
namespace {

constexpr std::string_view prefix = ".imgmill-";
constexpr std::string_view suffix = ".part";

std::string temporary_name() {
  static std::atomic<std::uint64_t> counter = 0;
  return fmt::format("{}{}-{}{}", prefix, ::getpid(), counter++, suffix);
}

/// umask() can only be read by setting it, which would be visible to other threads.
mode_t default_mode() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("Umask:")) continue;
    const auto digits = line.find_first_of("01234567");
    if (digits == std::string::npos) break;
    return static_cast<mode_t>(0666UL & ~std::strtoul(line.c_str() + digits, nullptr, 8));
  }
  return 0644;
}

}  // namespace

bool is_temporary_name(std::string_view name) {
  return name.starts_with(prefix) && name.ends_with(suffix);
}

std::optional<int> owner_of_temporary(std::string_view name) {
  if (!is_temporary_name(name)) return std::nullopt;
  name.remove_prefix(prefix.size());
  int process = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), process);
  if (error != std::errc{} || *stop != '-') return std::nullopt;
  return process;
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& target) {
  // Nobody wants /dev/null or a pipe replaced by a regular file.
  struct stat there {};
  if (::stat(target.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode)) {
    return fail(
        ErrorCode::environment,
        fmt::format("'{}' is no regular file, and would be replaced by one", printable(target)),
        "name a file, or write to standard output");
  }
  // Skip names left behind by a crashed process that had the same process id.
  for (int attempt = 0; attempt < 1000; ++attempt) {
    std::filesystem::path temporary = target.parent_path() / temporary_name();
    const int fd =
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) return AtomicFile(FileDescriptor(fd), std::move(temporary), target);
    if (errno != EEXIST && errno != EINTR) {
      return std::unexpected(io_error(errno, "write", target));
    }
  }
  return std::unexpected(io_error(EEXIST, "make a temporary file for", target));
}

void AtomicFile::discard() {
  if (!descriptor_) return;
  ::unlink(temporary_.c_str());
  mark_.forget();
  descriptor_.reset();
}

Result<void> AtomicFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t part = std::min(bytes.size(), std::size_t{1} << 30);
    const ssize_t done = ::write(descriptor_.get(), bytes.data(), part);
    if (done < 0) {
      if (errno == EINTR) continue;
      return std::unexpected(io_error(errno, "write", target_));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> AtomicFile::carry_over(const FileFacts& source, Ownership ownership) {
  const int fd = descriptor_.get();
  // Only root may change the owner. For other users the owner stays as it is.
  if (ownership == Ownership::as_source && ::fchown(fd, source.owner, source.group) != 0) {
    if (::fchown(fd, static_cast<uid_t>(-1), source.group) != 0) errno = 0;
  }
  // Network and FAT file systems may refuse this; writing the image matters more.
  if (::fchmod(fd, source.permissions) != 0) errno = 0;
  const timespec times[2] = {source.accessed, source.modified};
  if (::futimens(fd, times) != 0) errno = 0;
  return {};
}

std::vector<std::string> AtomicFile::carry_attributes(const FileDescriptor& source) {
  return copy_attributes(source, descriptor_);
}

void AtomicFile::default_permissions() {
  if (::fchmod(descriptor_.get(), default_mode()) != 0) errno = 0;
}

Result<void> AtomicFile::sync() {
  while (::fsync(descriptor_.get()) != 0) {
    if (errno == EINTR) continue;
    if (errno == EINVAL || errno == ENOSYS)
      break;  // fsync is not supported here, as on some FUSE
              // file systems
    return std::unexpected(io_error(errno, "write", target_));
  }
  return {};
}

Result<Committed> AtomicFile::commit(Replace replace) {
  if (replace == Replace::never) return commit_exclusively();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    return std::unexpected(io_error(errno, "replace", target_));
  }
  return settle();
}

/// Updates the state after the file has got its final name.
Committed AtomicFile::settle() {
  mark_.forget();
  if (const Result<FileFacts> facts = facts_of(descriptor_, target_)) placed_ = *facts;
  descriptor_.reset();
  return Committed::placed;
}

Result<Committed> AtomicFile::commit_exclusively() {
  if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0) {
    return settle();
  }
  if (errno == EEXIST) return Committed::name_is_taken;
  if (errno != EINVAL && errno != ENOSYS) {
    return std::unexpected(io_error(errno, "write", target_));
  }
  // Not every file system supports RENAME_NOREPLACE (NFS, FUSE), but most support hard links.
  if (::link(temporary_.c_str(), target_.c_str()) == 0) {
    ::unlink(temporary_.c_str());
    return settle();
  }
  if (errno == EEXIST) return Committed::name_is_taken;
  // FAT has no links either: claim the name with an empty file, then replace that.
  const FileDescriptor claim(
      ::open(target_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!claim) {
    if (errno == EEXIST) return Committed::name_is_taken;
    return std::unexpected(io_error(errno, "write", target_));
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int error = errno;
    ::unlink(target_.c_str());
    return std::unexpected(io_error(error, "write", target_));
  }
  return settle();
}

}  // namespace imgmill
