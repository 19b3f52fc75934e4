// Bytes and lists from files and standard input.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill::cli {

/// All bytes of a file or, for "-", of standard input; never holds more than
/// `most` bytes and a little.
/// Errors: environment (cannot be read), limit (more than `most` bytes).
[[nodiscard]] Result<Buffer> read_everything(const std::filesystem::path& path, std::uint64_t most);

/// The paths of a list: separated by NUL where there is one, else by line ends
/// (CR LF too). Empty entries do not count.
[[nodiscard]] std::vector<std::filesystem::path> paths_of_list(std::string_view text);

/// The inputs of a command line: "@list" is replaced by the paths in that file
/// ("@-": standard input). What is in a list is taken as it stands.
/// Errors: usage (a list without paths), environment.
[[nodiscard]] Result<std::vector<std::filesystem::path>> expand_inputs(
    const std::vector<std::string>& inputs);

}  // namespace imgmill::cli
