#include "platform/attributes.h"

#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace imgmill {
namespace {

// linux/limits.h: XATTR_LIST_MAX and XATTR_SIZE_MAX.
constexpr std::size_t most_bytes = std::size_t{64} << 10;

enum class Attribute {
  of_the_file,
  label,  ///< of a security module; only some processes may set one
  other,
};

Attribute kind_of(std::string_view name) {
  static constexpr std::array<std::string_view, 3> labels = {"security.selinux", "security.SMACK64",
                                                             "security.apparmor"};
  if (name.starts_with("user.") || name == "system.posix_acl_access") {
    return Attribute::of_the_file;
  }
  return std::ranges::find(labels, name) != labels.end() ? Attribute::label : Attribute::other;
}

/// The attribute names, each terminated by NUL. Empty if there are none or the query fails.
std::string list_of(int file) {
  // Files rarely have attributes, and then a single call suffices.
  const ssize_t size = ::flistxattr(file, nullptr, 0);
  if (size <= 0) return {};
  std::string names(std::min(static_cast<std::size_t>(size) + 1024, most_bytes), '\0');
  const ssize_t got = ::flistxattr(file, names.data(), names.size());
  names.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return names;
}

bool copy(const char* name, int from, int to) {
  std::string value(most_bytes, '\0');
  const ssize_t size = ::fgetxattr(from, name, value.data(), value.size());
  if (size < 0) return errno == ENODATA;  // the attribute has been removed meanwhile
  return ::fsetxattr(to, name, value.data(), static_cast<std::size_t>(size), 0) == 0;
}

}  // namespace

std::vector<std::string> copy_attributes(const FileDescriptor& from, const FileDescriptor& to) {
  std::vector<std::string> failed;
  const std::string names = list_of(from.get());
  for (std::size_t at = 0; at < names.size();) {
    const std::string name = names.c_str() + at;
    at += name.size() + 1;
    const Attribute kind = kind_of(name);
    if (kind == Attribute::other) continue;
    // If a label may not be set, the file keeps the one the system assigns.
    if (!copy(name.c_str(), from.get(), to.get()) && kind == Attribute::of_the_file) {
      failed.push_back(name);
    }
  }
  return failed;
}

}  // namespace imgmill
