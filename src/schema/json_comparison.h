// A comparison as a JSON value: what passes between this process and those that compare.
#pragma once

#include "imgmill/compare.h"
#include "schema/json_fields.h"

namespace imgmill {

/// Everything but the map and the sizes of the files.
[[nodiscard]] Json json_of(const Comparison& comparison);
/// All fields must be there and make sense. At most 10 notes. Errors: usage.
[[nodiscard]] Result<Comparison> comparison_at(const JsonPlace& at);

}  // namespace imgmill
