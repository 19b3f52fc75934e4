// Image settings as JSON values.
#pragma once

#include "imgmill/settings.h"
#include "schema/json_fields.h"

namespace imgmill {

/// Reads settings from the object `at`; missing fields come from `defaults`. The result has been
/// validated. Errors: usage, with the position.
[[nodiscard]] Result<ImageSettings> settings_at(const JsonPlace& at, const ImageSettings& defaults);
[[nodiscard]] Json json_of(const ImageSettings& settings);

/// Reads and returns a colour as "#1a2b3c". Errors: usage.
[[nodiscard]] Result<Colour> colour_at(const JsonPlace& at);
[[nodiscard]] std::string hex_of(Colour colour);

}  // namespace imgmill
