// What the operating system said no to, told to a person.
#pragma once

#include <filesystem>
#include <source_location>
#include <string_view>

#include "imgmill/error.h"

namespace imgmill {

/// "cannot <doing> '<path>': <reason>" with advice that fits `error` (an errno
/// value). `doing` is a verb: "read", "write", "list".
[[nodiscard]] Error io_error(int error, std::string_view doing, const std::filesystem::path& path,
                             std::source_location where = std::source_location::current());

}  // namespace imgmill
