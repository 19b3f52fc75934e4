// Strict decoding of URL parts (RFC 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http.h"

namespace imgmill::server {

/// "a%20b" -> "a b"; with `plus`, '+' becomes a space, as in queries. Returns nothing for a broken
/// escape.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, bool plus);
/// Splits "a=b&c" (a query without its '?'). Returns nothing for a broken escape.
[[nodiscard]] std::optional<std::vector<Field>> query_fields(std::string_view text);

}  // namespace imgmill::server
