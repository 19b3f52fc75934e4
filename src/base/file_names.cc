#include "base/file_names.h"

#include <algorithm>

#include "base/format_table.h"
#include "base/text.h"

namespace imgmill {
namespace {

/// Returns the position of the extension's dot; npos if there is none. The leading dot of a hidden
/// file (".png") does not count.
std::size_t extension_dot(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == 0 || dot + 1 == name.size() ? std::string_view::npos : dot;
}

/// Without the dot; empty if there is none.
std::string_view extension_of(std::string_view name) {
  const auto dot = extension_dot(name);
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

bool same_extension(std::string_view extension, std::string_view known) {
  return std::ranges::equal(extension, known, {}, [](char c) { return lower_case(c); });
}

}  // namespace

std::optional<Format> format_of_name(std::string_view name) {
  const std::string_view extension = extension_of(name);
  if (extension.empty()) return std::nullopt;
  for (const FormatInfo& row : formats()) {
    for (const std::string_view known : row.extensions) {
      if (same_extension(extension, known)) return row.format;
    }
  }
  return std::nullopt;
}

std::string_view other_picture_format(std::string_view name) {
  const std::string_view extension = extension_of(name);
  if (extension.empty()) return {};
  for (const OtherPictures& row : other_pictures) {
    std::string_view rest = row.extensions;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (same_extension(extension, rest.substr(0, end))) return row.name;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
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
  // A file that keeps its format keeps its extension.
  const bool stays = settings.animation == Animation::keep && settings.output_format &&
                     settings.output_format != format && format != Format::svg;
  if (!settings.choose_format && !stays) return planned;
  return planned.parent_path() / name_for(planned.filename().native(), format);
}

std::vector<std::filesystem::path> possible_output_paths(const std::filesystem::path& planned,
                                                         const ImageSettings& settings,
                                                         std::string_view input_name) {
  std::vector<std::filesystem::path> paths;
  if (!settings.choose_format) {
    paths.push_back(planned);
  } else {
    if (format_of_name(planned.filename().native()) == Format::svg) paths.push_back(planned);
    for (const FormatInfo& row : formats()) {
      if (settings.allowed.contains(row.format)) {
        paths.push_back(output_path_for(planned, settings, row.format));
      }
    }
  }
  if (settings.animation != Animation::keep) return paths;
  if (const std::optional<Format> own = format_of_name(input_name)) {
    std::filesystem::path path = output_path_for(planned, settings, *own);
    if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
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
