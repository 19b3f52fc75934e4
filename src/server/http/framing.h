// How long the body of a request is, by what its headers say.
#pragma once

#include <optional>
#include <string_view>

#include "server/http/http.h"

namespace imgmill::server {

/// Fills in `body_bytes` and `chunked`, or says why there cannot be a body: two lengths, a
/// length that is no number, a length beside chunks, a coding other than "chunked" alone,
/// chunks before HTTP/1.1 (RFC 9112, sections 6.1 to 6.3). Who is refused so must be hung up
/// on, since nobody knows where the next request begins. `version` is "HTTP/1.1" and the like.
[[nodiscard]] std::optional<Response> measure(Request& request, std::string_view version);

}  // namespace imgmill::server
