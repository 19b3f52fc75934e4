// What the name that somebody has given an output says about its format.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "imgmill/error.h"
#include "imgmill/settings.h"

namespace imgmill {

/// The format that `output` asks for by its extension where `settings` ask for none; nothing where
/// they do, where the name says no format, or where it only says what the input's name says, too
/// (what was misnamed before may stay so, and a drawing stays one). Files are not looked at.
/// Errors: usage, when the name contradicts the format that was asked for, or says one that is not
/// written.
[[nodiscard]] Result<std::optional<Format>> format_by_name(const std::filesystem::path& input,
                                                           const std::filesystem::path& output,
                                                           const ImageSettings& settings);

/// Settings with the format that names ask for. Tasks that shared their settings share them
/// afterwards, too. Not thread-safe.
class NamedFormats {
 public:
  /// Errors as above.
  [[nodiscard]] Result<std::shared_ptr<const ImageSettings>> settings_for(
      const std::filesystem::path& input, const std::filesystem::path& output,
      const std::shared_ptr<const ImageSettings>& settings);

 private:
  /// The first ones are held, so that no others get their address.
  std::map<std::pair<std::shared_ptr<const ImageSettings>, Format>,
           std::shared_ptr<const ImageSettings>>
      known_;
};

}  // namespace imgmill
