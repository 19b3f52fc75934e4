// Comparisons as JSON values, for exchange with the processes that make them.
#pragma once

#include <string_view>

#include "imgmill/compare.h"
#include "schema/json_fields.h"

namespace imgmill {

/// Everything but the map and the file sizes.
[[nodiscard]] Json json_of(const Comparison& comparison);
/// All fields must be present and valid. At most 10 notes. Errors: usage.
[[nodiscard]] Result<Comparison> comparison_at(const JsonPlace& at);

/// Returns by how many percent the other file is smaller than the original; negative: larger.
[[nodiscard]] double percent_saved(const Comparison& comparison);
/// Returns a comparison as reported to programs (docs/json.md). `map`: path of the written heat
/// map, or null.
[[nodiscard]] Json comparison_report(const Comparison& comparison, std::string_view original,
                                     std::string_view other, Json map);

}  // namespace imgmill
