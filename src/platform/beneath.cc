#include "platform/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "platform/io_error.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> leads_out(const fs::path& path) {
  return fail(ErrorCode::environment, "'" + printable(path) + "' leads out of its folder",
              "name a file below that folder, without links that point elsewhere");
}

/// Opens `name` one path component at a time, without following any link.
int open_in_steps(int folder, const std::string& name, int flags, unsigned mode) {
  FileDescriptor held;
  int at = folder;
  std::size_t start = 0;
  for (;;) {
    const std::size_t slash = name.find('/', start);
    const std::string part = name.substr(start, slash - start);
    if (part.empty() || part == "." || part == "..") return errno = EXDEV, -1;
    if (slash == std::string::npos) {
      return ::openat(at, part.c_str(), flags | O_NOFOLLOW, mode);
    }
    FileDescriptor next(::openat(at, part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next) return -1;
    held = std::move(next);
    at = held.get();
    start = slash + 1;
  }
}

}  // namespace

Result<FolderHandle> FolderHandle::open(const fs::path& folder) {
  FileDescriptor opened(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return std::unexpected(io_error(errno, "open", folder));
  return FolderHandle(std::move(opened), folder);
}

Result<FileDescriptor> FolderHandle::open_beneath(std::string_view name, int flags, unsigned mode,
                                                  std::string_view doing) const {
  const std::string text(name);
  // A NUL would truncate the name, and anything could follow it.
  if (text.empty() || text.find('\0') != std::string::npos) return leads_out(path_ / text);
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long opened = -1;
  // The kernel returns EAGAIN if something was renamed during the lookup.
  for (int tries = 0; tries < 100; ++tries) {
    opened = ::syscall(SYS_openat2, folder_.get(), text.c_str(), &how, sizeof(how));
    if (opened >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  // The kernel is too old, or this process runs in a sandbox that does not know the call.
  if (opened < 0 && (errno == ENOSYS || errno == EPERM)) {
    opened = open_in_steps(folder_.get(), text, flags | O_CLOEXEC, mode);
  }
  if (opened >= 0) return FileDescriptor(static_cast<int>(opened));
  if (errno == EXDEV || errno == ELOOP) return leads_out(path_ / text);
  return std::unexpected(io_error(errno, doing, path_ / text));
}

Result<OpenFile> FolderHandle::open_file(std::string_view name) const {
  const fs::path path = path_ / fs::path(std::string(name));
  // Without O_NONBLOCK, opening a pipe would wait for its writer.
  IMGMILL_TRY(FileDescriptor file, open_beneath(name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, "read"));
  IMGMILL_TRY(const FileFacts facts, facts_of(file, path));
  if (facts.kind != FileKind::regular) {
    return fail(ErrorCode::environment, "'" + printable(path) + "' is not a regular file",
                "name a file");
  }
  return OpenFile{std::move(file), facts};
}

Result<FileDescriptor> FolderHandle::create_file(std::string_view name) const {
  return open_beneath(name, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, "create");
}

}  // namespace imgmill
