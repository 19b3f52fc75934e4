// Results and limits of one image as JSON values, for exchange with worker processes.
#pragma once

#include "imgmill/result.h"
#include "imgmill/settings.h"
#include "schema/json_fields.h"

namespace imgmill {

[[nodiscard]] Json json_of(const Limits& limits);
/// All fields must be present. Errors: usage, with the position.
[[nodiscard]] Result<Limits> limits_at(const JsonPlace& at);

[[nodiscard]] Json json_of(const Judgement& judgement);
/// Missing fields mean that the value is unknown. Errors: usage, with the position.
[[nodiscard]] Result<Judgement> judgement_at(const JsonPlace& at);

/// The names of the private data present.
[[nodiscard]] Json json_of(const PrivateData& data);
/// Errors: usage, with the position.
[[nodiscard]] Result<PrivateData> private_data_at(const JsonPlace& at);

/// Everything but the bytes.
[[nodiscard]] Json json_of(const Optimized& optimized);
/// All fields must be present and valid: known names, sides of 1 to 2^31 - 1 pixels. At most 30
/// notes are read, each truncated to 1,000 bytes. Errors: usage.
[[nodiscard]] Result<Optimized> optimized_at(const JsonPlace& at);

[[nodiscard]] Json json_of(const Error& error);
/// Texts are truncated to 4,000 bytes. Errors: usage.
[[nodiscard]] Result<Error> error_at(const JsonPlace& at);

}  // namespace imgmill
