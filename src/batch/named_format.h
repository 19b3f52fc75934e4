// The format implied by the name that the user gives an output.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "imgmill/error.h"
#include "imgmill/settings.h"

namespace imgmill {

/// Returns the format that the extension of `output` implies. Returns nullopt if `settings` already
/// ask for a format, if the name implies none, or if it implies the same as the input's name (a
/// misnamed file may stay so, and a drawing stays one). Does not read files.
/// Errors: usage (the name contradicts the requested format, or implies one that cannot be
/// written).
[[nodiscard]] Result<std::optional<Format>> format_by_name(const std::filesystem::path& input,
                                                           const std::filesystem::path& output,
                                                           const ImageSettings& settings);

/// Applies the formats that names imply to settings. Tasks that share settings also share the
/// result. Not thread-safe.
class NamedFormats {
 public:
  /// Errors: as format_by_name().
  [[nodiscard]] Result<std::shared_ptr<const ImageSettings>> settings_for(
      const std::filesystem::path& input, const std::filesystem::path& output,
      const std::shared_ptr<const ImageSettings>& settings);

 private:
  /// Holds the original settings, so that no others get their address.
  std::map<std::pair<std::shared_ptr<const ImageSettings>, Format>,
           std::shared_ptr<const ImageSettings>>
      known_;
};

}  // namespace imgmill
