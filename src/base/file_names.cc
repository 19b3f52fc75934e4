#include "base/file_names.h"

#include <algorithm>

#include "base/text.h"

namespace imgmill {
namespace {

/// Position of the dot of the extension; npos when there is none. The dot of a
/// hidden file (".png") is not one.
std::size_t extension_dot(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == 0 || dot + 1 == name.size() ? std::string_view::npos : dot;
}

}  // namespace

std::optional<Format> format_of_name(std::string_view name) {
  const auto dot = extension_dot(name);
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view extension = name.substr(dot + 1);
  for (const FormatInfo& row : formats()) {
    for (const std::string_view known : row.extensions) {
      if (std::ranges::equal(extension, known, {}, [](char c) { return lower_case(c); }))
        return row.format;
    }
  }
  return std::nullopt;
}

std::string name_for(std::string_view name, Format wanted) {
  const std::optional<Format> says = format_of_name(name);
  if (says == wanted) return std::string(name);
  std::string result(says ? name.substr(0, extension_dot(name)) : name);
  if (!result.ends_with('.')) result += '.';
  result += info(wanted).extensions.front();
  return result;
}

std::filesystem::path output_path_for(const std::filesystem::path& planned,
                                      const ImageSettings& settings, Format format) {
  if (!settings.choose_format) return planned;
  return planned.parent_path() / name_for(planned.filename().native(), format);
}

std::vector<std::filesystem::path> possible_output_paths(const std::filesystem::path& planned,
                                                         const ImageSettings& settings) {
  if (!settings.choose_format) return {planned};
  std::vector<std::filesystem::path> paths;
  if (format_of_name(planned.filename().native()) == Format::svg) paths.push_back(planned);
  for (const FormatInfo& row : formats()) {
    if (settings.allowed.contains(row.format)) {
      paths.push_back(output_path_for(planned, settings, row.format));
    }
  }
  return paths;
}

std::string upper_name(Format format) {
  std::string name(info(format).name);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return name == "WEBP" ? "WebP" : name;
}

std::string format_list() {
  std::string list;
  for (const FormatInfo& row : formats()) {
    if (!list.empty()) list += ", ";
    list += upper_name(row.format);
  }
  return list;
}

}  // namespace imgmill
