#include "platform/io_error.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "base/text.h"

namespace imgmill {
namespace {

struct Explanation {
  std::string reason;
  std::string advice;
};

Explanation explain(int error) {
  switch (error) {
    case ENOENT:
      return {"there is no such file or folder",
              "check the name; it may have been moved or removed"};
    case ENOTDIR:
      return {"a part of the path is a file, not a folder", "check the path"};
    case EISDIR:
      return {"it is a folder", "name a file, or remove the folder"};
    case EACCES:
    case EPERM:
      return {"permission denied",
              "check the owner and the permissions of the file and its folder"};
    case EROFS:
      return {"the file system is read-only", "choose a folder on another file system"};
    case ENOSPC:
      return {"the disk is full", "free some space and run again"};
    case EDQUOT:
      return {"the disk quota is used up", "free some space or ask for more, and run again"};
    case EFBIG:
      return {"the file system or a limit of this process does not take files this large",
              "raise the limit (ulimit -f), or choose a folder on another file system"};
    case EIO:
      return {"the device reported an input/output error",
              "check the disk (the system's log says more) and run again"};
    case ENAMETOOLONG:
      return {"the name is too long for the file system", "use shorter names or fewer folders"};
    case ELOOP:
      return {"too many symbolic links; they may point at each other", "check the links"};
    case EMFILE:
    case ENFILE:
      return {"too many files are open", "raise the limit (ulimit -n) or use fewer jobs"};
    case ENOMEM:
      return {"there is not enough memory", "use fewer jobs"};
    case EEXIST:
    case ENOTEMPTY:
      return {"something of that name is there already", "choose another name, or remove it"};
    case EBUSY:
    case ETXTBSY:
      return {"it is in use", "run again when nothing else uses it"};
    case ESTALE:
      return {"the network file system has lost it", "run again"};
    default:
      return {std::generic_category().message(error),
              "check the file and its folder, and run again"};
  }
}

}  // namespace

Error io_error(int error, std::string_view doing, const std::filesystem::path& path,
               std::source_location where) {
  Explanation explanation = explain(error);
  return Error(ErrorCode::environment,
               fmt::format("cannot {} '{}': {}", doing, printable(path), explanation.reason),
               std::move(explanation.advice), where);
}

std::unexpected<Error> refused(const char* what) {
  return std::unexpected(
      Error(ErrorCode::environment, std::string(what) + ": " + std::strerror(errno)));
}

}  // namespace imgmill
