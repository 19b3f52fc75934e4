// What file names say about formats.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "imgmill/format.h"

namespace imgmill {

/// The format that a file name's extension stands for, in any case.
[[nodiscard]] std::optional<Format> format_of_name(std::string_view name);

/// `name` with the extension of `wanted`. A name that says `wanted` already
/// stays ("a.JPG" for jpeg); the extension of another format is replaced
/// ("a.PNG" -> "a.webp"); any other name gets one more ("v1.2" -> "v1.2.webp").
[[nodiscard]] std::string name_for(std::string_view name, Format wanted);

/// "JPEG, PNG, WEBP, ...": all formats, for messages.
[[nodiscard]] std::string format_list();
/// "JPEG"
[[nodiscard]] std::string upper_name(Format format);

}  // namespace imgmill
