// What one image came to, and what it was allowed, as JSON values: what passes
// between this process and those that work for it.
#pragma once

#include "imgmill/result.h"
#include "imgmill/settings.h"
#include "schema/json_fields.h"

namespace imgmill {

[[nodiscard]] Json json_of(const Limits& limits);
/// All fields must be there. Errors: usage, with the place.
[[nodiscard]] Result<Limits> limits_at(const JsonPlace& at);

[[nodiscard]] Json json_of(const Judgement& judgement);
/// What is missing was not found out. Errors: usage, with the place.
[[nodiscard]] Result<Judgement> judgement_at(const JsonPlace& at);

/// The names of what is there.
[[nodiscard]] Json json_of(const PrivateData& data);
/// Errors: usage, with the place.
[[nodiscard]] Result<PrivateData> private_data_at(const JsonPlace& at);

/// Everything but the bytes.
[[nodiscard]] Json json_of(const Optimized& optimized);
/// All fields must be there and make sense: known names, sides of 1 to 2^31 - 1
/// pixels. At most 30 notes are taken, each cut at 1,000 bytes. Errors: usage.
[[nodiscard]] Result<Optimized> optimized_at(const JsonPlace& at);

[[nodiscard]] Json json_of(const Error& error);
/// Texts are cut at 4,000 bytes. Errors: usage.
[[nodiscard]] Result<Error> error_at(const JsonPlace& at);

}  // namespace imgmill
