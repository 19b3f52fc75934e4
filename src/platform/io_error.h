// Error messages for failed system calls.
#pragma once

#include <expected>
#include <filesystem>
#include <source_location>
#include <string_view>

#include "imgmill/error.h"

namespace imgmill {

/// Returns "cannot <doing> '<path>': <reason>" with advice that fits `error` (an errno value).
/// `doing` is a verb: "read", "write", "list".
[[nodiscard]] Error io_error(int error, std::string_view doing, const std::filesystem::path& path,
                             std::source_location where = std::source_location::current());

/// Returns "<what>: <reason>", from errno, for failures without a path. `what` is a sentence.
[[nodiscard]] std::unexpected<Error> refused(const char* what);

}  // namespace imgmill
