// Extended attributes and access control lists, which travel with a file.
#pragma once

#include <string>
#include <vector>

#include "platform/file.h"

namespace imgmill {

/// Gives `to` the attributes of `from` that are about the file whatever is in it: `user.*`, its
/// access control list, and the labels of security modules as far as this process may set them.
/// Left out: what speaks of the content (`security.capability`, `security.ima`, ...) and what the
/// kernel keeps for itself. Call after permissions are set, since a list holds them, too.
///
/// The names of those that could not be set: the file system of `to` may know no attributes. Never
/// an error; thread-safe.
[[nodiscard]] std::vector<std::string> copy_attributes(const FileDescriptor& from,
                                                       const FileDescriptor& to);

}  // namespace imgmill
