// Placeholders as JSON values, for programs and for exchange with the processes that make them.
#pragma once

#include "imgmill/placeholder.h"
#include "schema/json_fields.h"

namespace imgmill {

/// The fields of docs/json.md, without the file's name.
[[nodiscard]] Json json_of(const Placeholder& placeholder);
/// All fields must be present and valid. Errors: usage.
[[nodiscard]] Result<Placeholder> placeholder_at(const JsonPlace& at);

}  // namespace imgmill
