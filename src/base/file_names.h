// What file names say about formats.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/format.h"
#include "imgmill/settings.h"

namespace imgmill {

/// The format that a file name's extension stands for, in any case.
[[nodiscard]] std::optional<Format> format_of_name(std::string_view name);

/// `name` with the extension of `wanted`. A name that says `wanted` already
/// stays ("a.JPG" for jpeg); the extension of another format is replaced
/// ("a.PNG" -> "a.webp"); any other name gets one more ("v1.2" -> "v1.2.webp").
[[nodiscard]] std::string name_for(std::string_view name, Format wanted);

/// Where the output of a task goes that was planned for `planned`, when it came out as
/// `format`: there, unless the format was to be chosen, or is not the one that was asked for
/// (Animation::keep); then its name says which it is.
[[nodiscard]] std::filesystem::path output_path_for(const std::filesystem::path& planned,
                                                    const ImageSettings& settings, Format format);
/// All paths that output_path_for() may give of an input that is called so.
[[nodiscard]] std::vector<std::filesystem::path> possible_output_paths(
    const std::filesystem::path& planned, const ImageSettings& settings,
    std::string_view input_name = {});

/// What pictures with the extension of `name` are called ("BMP", "camera raw") where imgmill reads
/// and writes none of them; empty for all other names.
[[nodiscard]] std::string_view other_picture_format(std::string_view name);

/// "JPEG, PNG, WEBP, ...": all formats, for messages.
[[nodiscard]] std::string format_list();
/// "JPEG"
[[nodiscard]] std::string upper_name(Format format);

}  // namespace imgmill
