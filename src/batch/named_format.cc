#include "batch/named_format.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Number of settings that are remembered: a file may have different ones for each of its tasks.
constexpr std::size_t most_known = 1024;

/// ".jpg, .png, ..."
std::string writable_formats() {
  std::string list;
  for (const FormatInfo& row : formats()) {
    if (!row.writable) continue;
    list += (list.empty() ? "." : ", .") + std::string(row.extensions.front());
  }
  return list;
}

std::unexpected<Error> not_written(const fs::path& output, std::string_view format) {
  return fail(ErrorCode::usage,
              fmt::format("'{}' would be a {} file, which imgmill does not write",
                          printable(output), format),
              "give it one of these extensions: " + writable_formats());
}

}  // namespace

Result<std::optional<Format>> format_by_name(const fs::path& input, const fs::path& output,
                                             const ImageSettings& settings) {
  if (settings.choose_format) return std::nullopt;
  const std::optional<Format> named = format_of_name(output.filename().native());
  if (!named) {
    const std::string_view other = other_picture_format(output.filename().native());
    if (!other.empty()) return not_written(output, other);
    return std::nullopt;
  }
  const bool as_before = named == format_of_name(input.filename().native());
  // Only SVG input can become SVG; its content decides later.
  if (named == Format::svg && (as_before || !settings.output_format)) return std::nullopt;
  if (settings.output_format && settings.output_format != named) {
    return fail(
        ErrorCode::usage,
        fmt::format("the output '{}' is named after {}, but its format is to be {}",
                    printable(output), upper_name(*named), upper_name(*settings.output_format)),
        "give it the extension of its format, or ask for no format");
  }
  if (settings.output_format || as_before) return std::nullopt;
  if (!info(*named).writable) return not_written(output, upper_name(*named));
  return named;
}

Result<std::shared_ptr<const ImageSettings>> NamedFormats::settings_for(
    const fs::path& input, const fs::path& output,
    const std::shared_ptr<const ImageSettings>& settings) {
  IMGMILL_TRY(const std::optional<Format> format, format_by_name(input, output, *settings));
  if (!format) return settings;
  auto& made = known_[{settings, *format}];
  if (!made) {
    auto named = std::make_shared<ImageSettings>(*settings);
    named->output_format = format;
    made = std::move(named);
  }
  std::shared_ptr<const ImageSettings> result = made;
  if (known_.size() > most_known) known_.clear();
  return result;
}

}  // namespace imgmill
