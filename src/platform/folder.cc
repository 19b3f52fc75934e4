#include "platform/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

#include "base/try.h"
#include "platform/io_error.h"

namespace imgmill {
namespace {

EntryKind kind_of(DIR* folder, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return EntryKind::file;
    case DT_DIR:
      return EntryKind::folder;
    case DT_LNK:
      return EntryKind::link;
    case DT_UNKNOWN:
      break;  // some file systems do not report the type
    default:
      return EntryKind::other;
  }
  struct stat status {};
  if (::fstatat(::dirfd(folder), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return EntryKind::file;  // opening it will report the reason
  }
  if (S_ISREG(status.st_mode)) return EntryKind::file;
  if (S_ISDIR(status.st_mode)) return EntryKind::folder;
  return S_ISLNK(status.st_mode) ? EntryKind::link : EntryKind::other;
}

}  // namespace

FolderListing::Entry FolderListing::operator[](std::size_t i) const {
  const char* at = names_.c_str() + starts_[i];
  return {at + 1, static_cast<EntryKind>(*at)};
}

Result<FolderListing> list_folder(const std::filesystem::path& folder) {
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> open(::opendir(folder.empty() ? "." : folder.c_str()),
                                                   close);
  if (!open) return std::unexpected(io_error(errno, "list the folder", folder));
  FolderListing listing;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(open.get());
    if (entry == nullptr) {
      if (errno != 0) return std::unexpected(io_error(errno, "list the folder", folder));
      break;
    }
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (listing.names_.size() > std::numeric_limits<std::uint32_t>::max() - 512) {
      return fail(ErrorCode::limit, "a folder holds more names than fit into 4 GB",
                  "divide it into several folders");
    }
    listing.starts_.push_back(static_cast<std::uint32_t>(listing.names_.size()));
    listing.names_ += static_cast<char>(kind_of(open.get(), *entry));
    listing.names_ += name;
    listing.names_ += '\0';
  }
  const char* names = listing.names_.c_str();
  std::ranges::sort(listing.starts_, [names](std::uint32_t a, std::uint32_t b) {
    return std::strcmp(names + a + 1, names + b + 1) < 0;  // strcmp compares as unsigned bytes
  });
  return listing;
}

}  // namespace imgmill
