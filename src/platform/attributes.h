// Copies extended attributes and access control lists from file to file.
#pragma once

#include <string>
#include <vector>

#include "platform/file.h"

namespace imgmill {

/// Copies to `to` those attributes of `from` that apply to the file whatever its content: `user.*`,
/// its access control list, and the labels of security modules as far as this process may set them.
/// Omits attributes that describe the content (`security.capability`, `security.ima`, ...) and
/// those that the kernel manages itself. Call after setting permissions, since an access control
/// list includes them.
///
/// Returns the names of those that could not be set: the file system of `to` may not support
/// attributes. Never fails. Thread-safe.
[[nodiscard]] std::vector<std::string> copy_attributes(const FileDescriptor& from,
                                                       const FileDescriptor& to);

}  // namespace imgmill
