// Determines the length of a request body from its headers.
#pragma once

#include <optional>
#include <string_view>

#include "server/http/http.h"

namespace imgmill::server {

/// Sets `body_bytes` and `chunked`, or returns a refusal: two lengths, a length that is not a
/// number, a length together with chunks, a coding other than "chunked" alone, chunks before
/// HTTP/1.1 (RFC 9112, sections 6.1 to 6.3). After a refusal the connection must be closed, since
/// it is unknown where the next request begins. `version` is "HTTP/1.1" and the like.
[[nodiscard]] std::optional<Response> measure(Request& request, std::string_view version);

}  // namespace imgmill::server
