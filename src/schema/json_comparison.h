// A comparison as a JSON value: what passes between this process and those that compare.
#pragma once

#include <string_view>

#include "imgmill/compare.h"
#include "schema/json_fields.h"

namespace imgmill {

/// Everything but the map and the sizes of the files.
[[nodiscard]] Json json_of(const Comparison& comparison);
/// All fields must be there and make sense. At most 10 notes. Errors: usage.
[[nodiscard]] Result<Comparison> comparison_at(const JsonPlace& at);

/// Percent of the original's bytes that the other file is smaller; negative: larger.
[[nodiscard]] double percent_saved(const Comparison& comparison);
/// What programs are told of a comparison (docs/json.md); `map`: where the heat map was
/// written, or null.
[[nodiscard]] Json comparison_report(const Comparison& comparison, std::string_view original,
                                     std::string_view other, Json map);

}  // namespace imgmill
