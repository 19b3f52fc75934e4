// The parts of an address (RFC 3986), decoded strictly.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http.h"

namespace imgmill::server {

/// "a%20b" -> "a b"; `plus` makes '+' a space, as in queries. Nothing for a broken escape.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, bool plus);
/// "?a=b&c" without the '?'. Nothing for a broken escape.
[[nodiscard]] std::optional<std::vector<Field>> query_fields(std::string_view text);

}  // namespace imgmill::server
