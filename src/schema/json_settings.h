// Image settings as JSON values.
#pragma once

#include "imgmill/settings.h"
#include "schema/json_fields.h"

namespace imgmill {

/// `at` is an object; what it leaves out comes from `defaults`. The result has
/// been validated. Errors: usage, with the place.
[[nodiscard]] Result<ImageSettings> settings_at(const JsonPlace& at, const ImageSettings& defaults);
[[nodiscard]] Json json_of(const ImageSettings& settings);

}  // namespace imgmill
