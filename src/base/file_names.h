// Image formats and file names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/format.h"
#include "imgmill/settings.h"

namespace imgmill {

/// Returns the format of a file name's extension; ignores case.
[[nodiscard]] std::optional<Format> format_of_name(std::string_view name);

/// Returns `name` with the extension of `wanted`. A name that already has it is unchanged ("a.JPG"
/// for jpeg); the extension of another format is replaced ("a.PNG" -> "a.webp"); any other name
/// gets one appended ("v1.2" -> "v1.2.webp").
[[nodiscard]] std::string name_for(std::string_view name, Format wanted);

/// Returns the output path of a task that was planned for `planned` and came out as `format`:
/// `planned` itself, unless the format was to be chosen; then with the extension of that format.
[[nodiscard]] std::filesystem::path output_path_for(const std::filesystem::path& planned,
                                                    const ImageSettings& settings, Format format);
/// Returns all paths that output_path_for() may return.
[[nodiscard]] std::vector<std::filesystem::path> possible_output_paths(
    const std::filesystem::path& planned, const ImageSettings& settings,
    std::string_view input_name = {});

/// Returns the name ("BMP", "camera raw") of the image format that the extension of `name` stands
/// for, if imgmill neither reads nor writes it; otherwise empty.
[[nodiscard]] std::string_view other_picture_format(std::string_view name);

/// Returns "JPEG, PNG, WEBP, ...": all formats, for messages.
[[nodiscard]] std::string format_list();
/// Returns "JPEG", for example.
[[nodiscard]] std::string upper_name(Format format);

}  // namespace imgmill
