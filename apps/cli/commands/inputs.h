// Reads bytes and lists of paths from files and standard input.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill::cli {

/// Reads a whole file or, for "-", standard input; never holds much more than `most` bytes. Errors:
/// environment (cannot be read), limit (more than `most` bytes).
[[nodiscard]] Result<Buffer> read_everything(const std::filesystem::path& path, std::uint64_t most);

/// Splits a list of paths at NULs if it has any, else at line ends (CR LF too). Empty entries are
/// ignored.
[[nodiscard]] std::vector<std::filesystem::path> paths_of_list(std::string_view text);

/// Expands the inputs of a command line: "@list" is replaced by the paths in that file ("@-":
/// standard input). Paths in a list are not expanded further. Errors: usage (a list without paths),
/// environment.
[[nodiscard]] Result<std::vector<std::filesystem::path>> expand_inputs(
    const std::vector<std::string>& inputs);

}  // namespace imgmill::cli
